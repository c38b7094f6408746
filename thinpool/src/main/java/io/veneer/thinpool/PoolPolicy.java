// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * What a pool does as it runs low and is full; can be changed while it is in use. Sizes are bytes;
 * a value out of range is refused when the policy is set, not here. Immutable.
 *
 * @param dataLimitBytes how far the data file may grow by itself when space runs low, at least its
 *     size; 0 or its size for not at all
 * @param lowWaterBytes free data below which the low-water event is sent; 0 for never
 * @param noSpacePolicy what writes do when the pool is full
 * @param noSpaceTimeoutMillis how long a queued write waits, in milliseconds; 0 or more
 * @param discardPassdown whether blocks that are freed from now on are punched out of the data file
 */
public record PoolPolicy(
    long dataLimitBytes,
    long lowWaterBytes,
    NoSpacePolicy noSpacePolicy,
    int noSpaceTimeoutMillis,
    boolean discardPassdown) {

  /**
   * The policy that a pool has.
   *
   * @param status the pool's status
   * @return what it says of this
   */
  public static PoolPolicy of(PoolStatus status) {
    return new PoolPolicy(
        status.dataLimitBytes(),
        status.lowWaterBytes(),
        status.noSpacePolicy(),
        status.noSpaceTimeoutMillis(),
        status.discardPassdown());
  }
}
