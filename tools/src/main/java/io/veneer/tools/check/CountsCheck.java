// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.tools.check.CheckState.VerifiedBlock;

/**
 * Compares the reference counts of one kind of blocks with the references that the walk found: a
 * count too low is fatal, because the block would be overwritten in use; one too high is a leak.
 * Also holds the index and the superblock to what the counts add up to. One thread.
 */
final class CountsCheck {
  private final CheckState state;
  private final CountedArea area;
  private final CountsPageCheck pages;
  private boolean unreadable;

  CountsCheck(CheckState state, CountedArea area) {
    this.state = state;
    this.area = area;
    this.pages = new CountsPageCheck(state, area);
  }

  /** Checks all; the lowest block of the trail is the superblock. */
  void run() {
    long indexBlocks = PoolGeometry.indexBlocks(area.blocksMax());
    for (int index = 0; index < indexBlocks; index++) {
      checkIndexBlock(index);
    }
    for (int index = (int) indexBlocks; index < SuperblockFormat.SLOTS_BYTES * 4; index++) {
      int slot = Superblock.slot(area.slots(), index);
      state.findings.require(
          slot == CountsFormat.SLOT_NONE, "superblock has a slot for no index block", 0, slot);
    }
    pages.finish();
    if (!unreadable) {
      checkTotals();
    }
  }

  private void checkTotals() {
    state.findings.require(
        area.usedBlocks() == pages.used(),
        "superblock has wrong number of used " + area.title() + " blocks",
        pages.used(),
        area.usedBlocks());
    state.findings.require(
        area.highWater() >= pages.end() && area.highWater() <= area.totalBlocks(),
        "superblock has wrong high-water mark of " + area.title() + " blocks",
        pages.end() + " to " + area.totalBlocks(),
        area.highWater());
  }

  private void checkIndexBlock(int index) {
    int slot = Superblock.slot(area.slots(), index);
    if (slot == CountsFormat.SLOT_NONE) {
      for (int i = 0; i < CountsFormat.INDEX_ENTRIES; i++) {
        pages.checkBlank(index * CountsFormat.INDEX_ENTRIES + i);
      }
      return;
    }
    boolean valid =
        state.findings.require(
            slot <= CountsFormat.SLOTS,
            "superblock has wrong slot of " + area.title() + " count index " + index,
            "0 to 2",
            slot);
    if (!valid) {
      unreadable = true;
      return;
    }
    state.trail.down(area.title() + " count index block", area.indexBlock(index, slot), 0);
    checkIndex(index);
    state.trail.up();
  }

  private void checkIndex(int index) {
    VerifiedBlock block = state.read(BlockType.COUNT_INDEX);
    if (block == null || !isMeant(block, index, CountsFormat.INDEX_ENTRIES)) {
      unreadable = true;
      return;
    }
    for (int i = 0; i < CountsFormat.INDEX_ENTRIES; i++) {
      state.trail.entry(i);
      checkEntry(
          index * CountsFormat.INDEX_ENTRIES + i,
          block.image().getShort(CountsFormat.indexOffset(i)));
    }
    state.trail.entry(-1);
  }

  private void checkEntry(int page, short entry) {
    int slot = CountsFormat.slot(entry);
    int used = CountsFormat.used(entry);
    boolean exists = page < PoolGeometry.countBlocks(area.blocksMax());
    boolean possible =
        slot == CountsFormat.SLOT_NONE
            ? entry == 0
            : exists && slot <= CountsFormat.SLOTS && CountsFormat.isIndexEntry(entry);
    unreadable |= !possible;
    if (!state.findings.require(
        possible, "impossible entry", "a slot and a number", Integer.toHexString(entry & 0xffff))) {
      return;
    }
    if (slot == CountsFormat.SLOT_NONE) {
      pages.checkBlank(page);
    } else {
      checkPage(page, slot, used);
    }
  }

  private void checkPage(int page, int slot, int used) {
    state.trail.down(area.title() + " counts block", area.countsBlock(page, slot), 0);
    VerifiedBlock block = state.read(BlockType.COUNTS);
    if (block == null || !isMeant(block, page, used)) {
      unreadable = true;
    } else {
      pages.check(page, block.image(), used);
    }
    state.trail.up();
  }

  private boolean isMeant(VerifiedBlock block, int key, int used) {
    state.findings.require(
        block.header().level() == 0 && block.header().deviceId() == 0,
        "counts have a level or a device",
        0,
        Math.max(block.header().level(), block.header().deviceId()));
    return state.findings.require(
            block.header().key() == key, "counts have wrong key", key, block.header().key())
        && state.findings.require(
            block.header().used() == used,
            "counts have wrong number of used blocks",
            used,
            block.header().used());
  }

  /** Blocks with a higher count than they have references. */
  long leaked() {
    return pages.leaked();
  }
}
