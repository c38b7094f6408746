// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * The valid slot and the number of used blocks of each counts block. Index blocks are read when
 * they are first asked for, and stay: there is one for 2.7 million blocks. Under the metadata lock.
 */
final class CountIndex {
  private final CountArea area;
  private final Transactions transactions;
  private final short[][] blocks;
  private final BitSet dirty = new BitSet();

  CountIndex(CountArea area, long blocksMax, Transactions transactions) {
    this.area = area;
    this.transactions = transactions;
    this.blocks = new short[(int) PoolGeometry.indexBlocks(blocksMax)][];
  }

  short get(int page) {
    return loaded(page / CountsFormat.INDEX_ENTRIES)[page % CountsFormat.INDEX_ENTRIES];
  }

  void set(int page, short entry) {
    int index = page / CountsFormat.INDEX_ENTRIES;
    loaded(index)[page % CountsFormat.INDEX_ENTRIES] = entry;
    dirty.set(index);
  }

  /** Takes room for both slots of a page's index block, if it was never written. */
  void reserveFor(int page) {
    int index = page / CountsFormat.INDEX_ENTRIES;
    if (Superblock.slot(area.slots(), index) == CountsFormat.SLOT_NONE) {
      transactions.metadata().reserve(area.indexBlock(index, 1), CountsFormat.SLOTS);
    }
  }

  private short[] loaded(int index) {
    if (blocks[index] == null) {
      blocks[index] = load(index);
    }
    return blocks[index];
  }

  private short[] load(int index) {
    short[] entries = new short[CountsFormat.INDEX_ENTRIES];
    int slot = Superblock.slot(area.slots(), index);
    if (slot != CountsFormat.SLOT_NONE) {
      long block = area.indexBlock(index, slot);
      ByteBuffer image = transactions.reader().read(block, BlockType.COUNT_INDEX);
      for (int i = 0; i < entries.length; i++) {
        entries[i] = image.getShort(CountsFormat.indexOffset(i));
        require(
            CountsFormat.isIndexEntry(entries[i]),
            BlockType.COUNT_INDEX,
            block,
            "entry " + i,
            "a slot and a count",
            entries[i]);
      }
    }
    return entries;
  }

  /** Stages the index blocks that changed, each into its other slot. */
  void freeze(long sequence) {
    for (int index = dirty.nextSetBit(0); index >= 0; index = dirty.nextSetBit(index + 1)) {
      int slot = CountsFormat.otherSlot(Superblock.slot(area.slots(), index));
      Superblock.setSlot(area.slots(), index, slot);
      transactions.stage(
          new StagedPage(
              BlockType.COUNT_INDEX,
              area.indexBlock(index, slot),
              index,
              body(blocks[index]),
              CountsFormat.INDEX_ENTRIES,
              sequence,
              area.superblock().poolId));
    }
    dirty.clear();
  }

  private static byte[] body(short[] entries) {
    byte[] body = new byte[BlockHeaderFormat.BODY_BYTES];
    ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(entries);
    return body;
  }
}
