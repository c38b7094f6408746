// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * How a pool is made. Sizes are bytes; a value out of range is refused when the pool is made, not
 * here. Immutable.
 *
 * @param dataBytes size of the data file, from 1 MiB to 64 TiB (16 TiB with blocks of 4 KiB),
 *     rounded up to whole blocks; it is sparse
 * @param blockSizeBytes power of two from 4 KiB to 1 MiB, fixed for the pool's life
 * @param metadataBytes limit of the metadata, from 2 MiB to 1 TiB, or 0 to derive it from the data
 *     size
 * @param dataLimitBytes how far the data file may grow by itself when space runs low, at least its
 *     size; 0 for not at all
 * @param lowWaterBytes free data below which the low-water event is sent; 0 or more
 * @param noSpacePolicy what writes do when the pool is full
 * @param noSpaceTimeoutMillis how long a queued write waits, in milliseconds; 0 or more
 * @param discardPassdown whether freed blocks are punched out of the data file
 */
public record PoolOptions(
    long dataBytes,
    int blockSizeBytes,
    long metadataBytes,
    long dataLimitBytes,
    long lowWaterBytes,
    NoSpacePolicy noSpacePolicy,
    int noSpaceTimeoutMillis,
    boolean discardPassdown) {

  /** Block size where none is asked for: 64 KiB. */
  public static final int DEFAULT_BLOCK_SIZE_BYTES = 64 * 1024;

  /**
   * The usual options for a pool of a size.
   *
   * @param dataBytes size of the data file, from 1 MiB to 64 TiB
   * @return options with 64 KiB blocks, errors when full, passdown, no growth by itself, and a
   *     low-water mark of a tenth, at most 8 GiB
   */
  public static PoolOptions ofSize(long dataBytes) {
    return new PoolOptions(
        dataBytes,
        DEFAULT_BLOCK_SIZE_BYTES,
        0,
        0,
        Math.min(dataBytes / 10, 8L << 30),
        NoSpacePolicy.ERROR,
        60_000,
        true);
  }

  /**
   * The same options with another block size.
   *
   * @param bytes power of two from 4 KiB to 1 MiB
   * @return the new options
   */
  public PoolOptions withBlockSize(int bytes) {
    return new PoolOptions(
        dataBytes,
        bytes,
        metadataBytes,
        dataLimitBytes,
        lowWaterBytes,
        noSpacePolicy,
        noSpaceTimeoutMillis,
        discardPassdown);
  }

  /**
   * The same options with another metadata limit.
   *
   * @param bytes limit, from 2 MiB to 1 TiB, or 0 to derive it
   * @return the new options
   */
  public PoolOptions withMetadata(long bytes) {
    return new PoolOptions(
        dataBytes,
        blockSizeBytes,
        bytes,
        dataLimitBytes,
        lowWaterBytes,
        noSpacePolicy,
        noSpaceTimeoutMillis,
        discardPassdown);
  }

  /**
   * The same options with auto-extend up to a limit.
   *
   * @param bytes limit of the data file, at least its size, or 0 for no growth by itself
   * @return the new options
   */
  public PoolOptions withDataLimit(long bytes) {
    return new PoolOptions(
        dataBytes,
        blockSizeBytes,
        metadataBytes,
        bytes,
        lowWaterBytes,
        noSpacePolicy,
        noSpaceTimeoutMillis,
        discardPassdown);
  }

  /**
   * The same options with another low-water mark.
   *
   * @param bytes free data below which the event is sent; 0 for never
   * @return the new options
   */
  public PoolOptions withLowWater(long bytes) {
    return new PoolOptions(
        dataBytes,
        blockSizeBytes,
        metadataBytes,
        dataLimitBytes,
        bytes,
        noSpacePolicy,
        noSpaceTimeoutMillis,
        discardPassdown);
  }

  /**
   * The same options with another way of being full.
   *
   * @param policy fail or wait
   * @param timeoutMillis how long a write waits, in milliseconds; 0 or more
   * @return the new options
   */
  public PoolOptions withNoSpace(NoSpacePolicy policy, int timeoutMillis) {
    return new PoolOptions(
        dataBytes,
        blockSizeBytes,
        metadataBytes,
        dataLimitBytes,
        lowWaterBytes,
        policy,
        timeoutMillis,
        discardPassdown);
  }

  /**
   * The same options with passdown on or off.
   *
   * @param on whether freed blocks are given back to the host
   * @return the new options
   */
  public PoolOptions withDiscardPassdown(boolean on) {
    return new PoolOptions(
        dataBytes,
        blockSizeBytes,
        metadataBytes,
        dataLimitBytes,
        lowWaterBytes,
        noSpacePolicy,
        noSpaceTimeoutMillis,
        on);
  }
}
