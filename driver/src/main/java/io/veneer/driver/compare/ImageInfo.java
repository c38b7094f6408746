// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

/**
 * The image that was compared on.
 *
 * @param path where it is
 * @param bytes its size, holes included
 */
public record ImageInfo(String path, long bytes) {}
