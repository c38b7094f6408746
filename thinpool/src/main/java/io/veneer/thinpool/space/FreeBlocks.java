// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.format.CountsFormat;
import java.util.BitSet;
import org.roaringbitmap.RoaringBitmap;

/**
 * The blocks that can be handed out now, as a bitmap. It is filled page by page from the counts
 * when the search first comes to a page, so that opening a pool costs the same whatever its size.
 * Under the metadata lock.
 */
final class FreeBlocks {
  private final RoaringBitmap free = new RoaringBitmap();
  private final BitSet known = new BitSet();

  boolean isKnown(int page) {
    return known.get(page);
  }

  /** Adds a page's free blocks. */
  void learn(int page, RoaringBitmap blocks) {
    known.set(page);
    free.or(blocks);
  }

  boolean contains(long block) {
    return free.contains((int) block);
  }

  void take(long block) {
    free.remove((int) block);
  }

  void take(long begin, long end) {
    free.remove(begin, end);
  }

  /** Where free blocks that begin at a free one end, or the limit if that comes first. */
  long runEnd(long first, long limit) {
    long absent = free.nextAbsentValue((int) first);
    return absent < first ? limit : Math.min(absent, limit);
  }

  /** Adds blocks of known pages; those of other pages are found when the page is learnt. */
  void giveBack(RoaringBitmap blocks) {
    RoaringBitmap inKnownPages = blocks.clone();
    long at = blocks.isEmpty() ? -1 : Integer.toUnsignedLong(blocks.first());
    while (at >= 0) {
      int page = Counts.pageOf(at);
      long end = (page + 1L) * CountsFormat.COUNTS;
      if (!known.get(page)) {
        inKnownPages.remove(at, end);
      }
      at = end > 0xffff_ffffL ? -1 : blocks.nextValue((int) end);
    }
    free.or(inKnownPages);
  }

  /** Adds a range of a known page. */
  void add(long begin, long end) {
    free.add(begin, end);
  }

  /** First free block from a place on, or -1. */
  long next(long from) {
    return from > 0xffff_ffffL ? -1 : free.nextValue((int) from);
  }
}
