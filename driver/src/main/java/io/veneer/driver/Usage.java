// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/**
 * What a snapshot holds by itself, its parent left out.
 *
 * @param sizeBytes bytes of host storage
 * @param inodes files and folders; 0 where the driver sees only blocks
 */
public record Usage(long sizeBytes, long inodes) {}
