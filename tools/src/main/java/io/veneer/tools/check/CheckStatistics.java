// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

/**
 * What a check counted. Blocks that could not be reached because of damage are not in it.
 *
 * @param commitSequence the commit that the pool is at
 * @param transactionId the number kept for the user
 * @param devices devices with a name
 * @param removingDevices devices whose blocks are being given back
 * @param nodes metadata blocks of trees, records and texts that were reached
 * @param mappedDataBlocks data blocks that at least one device maps
 * @param leakedDataBlocks data blocks with a higher count than they have references
 * @param leakedNodes metadata blocks of the node area with a higher count than references
 * @param usedDataBlocks data blocks that the pool counts as used
 * @param dataBlocks size of the data file
 * @param freeMetadataBlocks metadata blocks that can still be used
 */
public record CheckStatistics(
    long commitSequence,
    long transactionId,
    long devices,
    long removingDevices,
    long nodes,
    long mappedDataBlocks,
    long leakedDataBlocks,
    long leakedNodes,
    long usedDataBlocks,
    long dataBlocks,
    long freeMetadataBlocks) {

  /** What is known of a pool without a superblock. */
  static final CheckStatistics NONE = new CheckStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
