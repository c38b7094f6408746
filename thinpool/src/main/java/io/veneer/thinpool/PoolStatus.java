// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * The state of a pool at one moment. Sizes are bytes. Immutable.
 *
 * @param mode what the pool can do
 * @param needsCheck a metadata operation failed: check the pool before it may be written
 * @param onlyReadable a newer version gave the pool features with which this one can only read it
 * @param transactionId the number kept for the user's volume manager
 * @param commitSequence number of the last durable commit
 * @param blockSizeBytes data block size
 * @param usedDataBytes data blocks in use
 * @param totalDataBytes data blocks in all
 * @param dataLimitBytes how far auto-extend may grow the data file; equal to the total when it is
 *     off
 * @param reservedDataBytes free blocks kept for devices with a write guarantee
 * @param pendingDataBytes freed blocks that wait for a commit before they can be used again
 * @param hostDataBytes what the host's file system holds for the data file
 * @param usedMetadataBytes metadata in use
 * @param totalMetadataBytes metadata limit
 * @param lowWaterBytes free data below which the low-water event is sent
 * @param metadataLowWaterBytes free metadata below which the low-water event is sent
 * @param heldMetadataRoot block of the held metadata root, or 0
 * @param discardPassdown whether freed blocks are given back to the host
 * @param noSpacePolicy what writes do when the pool is full
 * @param noSpaceTimeoutMillis how long a write waits then, if it does
 * @param deviceCount devices, those being removed left out
 * @param removingCount devices whose blocks are still being given back
 * @param clock the pool clock: how many snapshots were taken
 */
public record PoolStatus(
    PoolMode mode,
    boolean needsCheck,
    boolean onlyReadable,
    long transactionId,
    long commitSequence,
    int blockSizeBytes,
    long usedDataBytes,
    long totalDataBytes,
    long dataLimitBytes,
    long reservedDataBytes,
    long pendingDataBytes,
    long hostDataBytes,
    long usedMetadataBytes,
    long totalMetadataBytes,
    long lowWaterBytes,
    long metadataLowWaterBytes,
    long heldMetadataRoot,
    boolean discardPassdown,
    NoSpacePolicy noSpacePolicy,
    int noSpaceTimeoutMillis,
    int deviceCount,
    int removingCount,
    long clock) {
  /**
   * Whether fewer data blocks are free than the low-water mark asks for. Blocks kept for devices
   * with a write guarantee are not free.
   *
   * @return true below the mark
   */
  public boolean isLowOnData() {
    return totalDataBytes - usedDataBytes - reservedDataBytes < lowWaterBytes;
  }

  /**
   * Whether less metadata is free than its low-water mark asks for.
   *
   * @return true below the mark
   */
  public boolean isLowOnMetadata() {
    return totalMetadataBytes - usedMetadataBytes < metadataLowWaterBytes;
  }
}
