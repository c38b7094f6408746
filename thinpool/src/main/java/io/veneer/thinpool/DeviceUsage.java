// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * What a device holds, found by walking what it alone holds. Immutable.
 *
 * @param mappedBytes bytes of data blocks it maps
 * @param exclusiveBytes of these, what no other device maps: what its removal gives back
 * @param sharedBytes of these, what another device maps too
 * @param highestMappedOffset end in bytes of its last mapped block, or 0 when nothing is mapped
 */
public record DeviceUsage(
    long mappedBytes, long exclusiveBytes, long sharedBytes, long highestMappedOffset) {}
