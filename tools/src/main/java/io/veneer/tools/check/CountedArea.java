// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import org.roaringbitmap.RoaringBitmap;

/**
 * Where the counts of one kind of blocks stand, what the superblock says of them, and what was
 * found by the walk.
 *
 * @param title the kind
 * @param slots which slot of each index block is valid
 * @param indexStart first index block
 * @param countsStart first counts block
 * @param blocksMax how many blocks there can ever be
 * @param totalBlocks how many there are
 * @param usedBlocks how many have a count, as the superblock says
 * @param highWater one past the last one ever used, as the superblock says
 * @param references the references that were found
 * @param privateBlocks blocks that must have one reference
 */
record CountedArea(
    String title,
    byte[] slots,
    long indexStart,
    long countsStart,
    long blocksMax,
    long totalBlocks,
    long usedBlocks,
    long highWater,
    References references,
    RoaringBitmap privateBlocks) {

  static CountedArea ofData(CheckState state, PrivateBlocks privateBlocks) {
    Superblock s = state.superblock;
    PoolGeometry geometry = s.geometry();
    return new CountedArea(
        "data",
        s.dataIndexSlots,
        geometry.dataIndexStart(),
        geometry.dataCountsStart(),
        s.dataBlocksMax,
        s.dataBlocks,
        s.usedDataBlocks,
        s.dataHighWater,
        state.data,
        privateBlocks.data());
  }

  static CountedArea ofNodes(CheckState state, PrivateBlocks privateBlocks) {
    Superblock s = state.superblock;
    PoolGeometry geometry = s.geometry();
    return new CountedArea(
        "metadata",
        s.nodeIndexSlots,
        geometry.nodeIndexStart(),
        geometry.nodeCountsStart(),
        s.nodeBlocksMax,
        s.nodeBlocks,
        s.usedNodeBlocks,
        s.nodeHighWater,
        state.nodes,
        privateBlocks.nodes());
  }

  long indexBlock(int index, int slot) {
    return indexStart + (long) index * CountsFormat.SLOTS + slot - 1;
  }

  long countsBlock(int page, int slot) {
    return countsStart + (long) page * CountsFormat.SLOTS + slot - 1;
  }
}
