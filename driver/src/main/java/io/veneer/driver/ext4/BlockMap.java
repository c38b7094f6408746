// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Reads the map of blocks of a file without extents. A block of numbers that is met twice is
 * damage, which bounds the work by the blocks that there are. One thread at a time.
 */
final class BlockMap {
  private final BlockReader reader;
  private final long inode;
  private final List<Run> runs = new ArrayList<>();
  private final Roaring64Bitmap visited = new Roaring64Bitmap();
  private long logical;
  private long mapped;

  private BlockMap(BlockReader reader, long inode) {
    this.reader = reader;
    this.inode = inode;
  }

  /** The runs of a file, ascending. */
  static List<Run> runs(BlockReader reader, Inode inode) {
    BlockMap map = new BlockMap(reader, inode.number());
    int start = InodeFormat.CONTENT_AT;
    for (int i = 0; i < BlockMapFormat.DIRECT; i++) {
      map.visit(Field.u32(inode.image(), BlockMapFormat.entryAt(start, i)), 0);
    }
    for (int level = 1; level <= BlockMapFormat.LEVELS; level++) {
      int at = BlockMapFormat.entryAt(start, BlockMapFormat.DIRECT + level - 1);
      map.visit(Field.u32(inode.image(), at), level);
    }
    return map.runs;
  }

  private void visit(long block, int level) {
    if (block == 0) {
      logical += span(level);
    } else if (level == 0) {
      reader.checkRange(block, 1);
      append(block);
      logical++;
    } else {
      Damage.unless(!visited.contains(block), "block map meets itself", inode, "block", block);
      visited.addLong(block);
      ByteBuffer numbers = reader.block(block);
      for (int i = 0; i < BlockMapFormat.entriesOf(reader.blockBytes()); i++) {
        visit(Field.u32(numbers, BlockMapFormat.entryAt(0, i)), level - 1);
      }
    }
  }

  private long span(int level) {
    long span = 1;
    for (int i = 0; i < level; i++) {
      span *= BlockMapFormat.entriesOf(reader.blockBytes());
    }
    return span;
  }

  private void append(long block) {
    mapped++;
    Damage.unless(mapped <= reader.blocks(), "more blocks than there are", inode, "blocks", mapped);
    Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (last != null && last.endLogical() == logical && last.physicalOf(logical) == block) {
      runs.set(runs.size() - 1, new Run(last.logical(), last.physical(), last.length() + 1, true));
    } else {
      runs.add(new Run(logical, block, 1, true));
    }
  }
}
