// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * What a pool did since it was opened. Immutable; the counters are read one by one.
 *
 * @param copiedBytes bytes copied to break sharing
 * @param zeroedBytes bytes cleared because a write covered only a part of a fresh block
 * @param elidedWrites writes that stored nothing, because the bytes were there already or were
 *     zeroes in a hole
 * @param commits durable commits of metadata
 * @param commitBlocks metadata blocks written by them
 * @param dataForces times that the data file was forced
 */
public record PoolStatistics(
    long copiedBytes,
    long zeroedBytes,
    long elidedWrites,
    long commits,
    long commitBlocks,
    long dataForces) {}
