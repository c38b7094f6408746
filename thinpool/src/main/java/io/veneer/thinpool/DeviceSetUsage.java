// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * What several devices hold together, blocks that they share counted once.
 *
 * @param mappedBytes bytes of the data blocks that one of them at least maps
 * @param exclusiveBytes of these, what no device outside of the set maps: what removing all of them
 *     gives back
 */
public record DeviceSetUsage(long mappedBytes, long exclusiveBytes) {}
