// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;

/**
 * Where the counts of one kind of blocks stand, and the superblock's fields that belong to them.
 *
 * @param title the kind, for messages
 * @param superblock the pool's state
 * @param slots which slot of each index block is valid
 * @param indexStart first index block
 * @param countsStart first counts block
 * @param nodes whether the blocks counted are metadata blocks, else data blocks
 */
record CountArea(
    String title,
    Superblock superblock,
    byte[] slots,
    long indexStart,
    long countsStart,
    boolean nodes) {

  static CountArea ofData(Superblock superblock) {
    PoolGeometry geometry = superblock.geometry();
    return new CountArea(
        "data",
        superblock,
        superblock.dataIndexSlots,
        geometry.dataIndexStart(),
        geometry.dataCountsStart(),
        false);
  }

  static CountArea ofNodes(Superblock superblock) {
    PoolGeometry geometry = superblock.geometry();
    return new CountArea(
        "metadata",
        superblock,
        superblock.nodeIndexSlots,
        geometry.nodeIndexStart(),
        geometry.nodeCountsStart(),
        true);
  }

  /** The metadata block of a slot (1 or 2) of a counts block. */
  long countsBlock(int page, int slot) {
    return countsStart + (long) page * CountsFormat.SLOTS + slot - 1;
  }

  /** The metadata block of a slot (1 or 2) of an index block. */
  long indexBlock(int index, int slot) {
    return indexStart + (long) index * CountsFormat.SLOTS + slot - 1;
  }

  long totalBlocks() {
    return nodes ? superblock.nodeBlocks : superblock.dataBlocks;
  }

  long usedBlocks() {
    return nodes ? superblock.usedNodeBlocks : superblock.usedDataBlocks;
  }

  void addUsed(int change) {
    if (nodes) {
      superblock.usedNodeBlocks += change;
    } else {
      superblock.usedDataBlocks += change;
    }
  }

  long highWater() {
    return nodes ? superblock.nodeHighWater : superblock.dataHighWater;
  }

  void raiseHighWater(long blocks) {
    if (nodes) {
      superblock.nodeHighWater = Math.max(superblock.nodeHighWater, blocks);
    } else {
      superblock.dataHighWater = Math.max(superblock.dataHighWater, blocks);
    }
  }
}
