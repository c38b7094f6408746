// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.PoolGeometry;

/**
 * How often each block of one kind is referred to, as the walk finds it. Pages match the counts
 * blocks on disk. Most blocks have one reference, so a page begins as one bit a block and becomes
 * one number a block with the first block that has two. One thread.
 */
final class References {
  private final Page[] pages;
  private final long blocks;
  private long distinct;
  private long end;

  private static final class Page {
    private final long[] once = new long[(CountsFormat.COUNTS + Long.SIZE - 1) / Long.SIZE];
    private int[] counts;

    int get(int at) {
      if (counts != null) {
        return counts[at];
      }
      return (int) (once[at / Long.SIZE] >>> at) & 1;
    }

    void increment(int at) {
      if (counts == null && get(at) == 0) {
        once[at / Long.SIZE] |= 1L << at;
        return;
      }
      if (counts == null) {
        int[] widened = new int[CountsFormat.COUNTS];
        for (int i = 0; i < widened.length; i++) {
          widened[i] = get(i);
        }
        counts = widened;
      }
      counts[at]++;
    }
  }

  /** References to blocks 0 to {@code blocks} - 1. */
  References(long blocks) {
    this.blocks = blocks;
    this.pages = new Page[Math.toIntExact(PoolGeometry.countBlocks(blocks))];
  }

  /** Adds a reference; the block must be one of these. */
  void add(long block) {
    int number = (int) (block / CountsFormat.COUNTS);
    if (pages[number] == null) {
      pages[number] = new Page();
    }
    int at = (int) (block % CountsFormat.COUNTS);
    distinct += pages[number].get(at) == 0 ? 1 : 0;
    pages[number].increment(at);
    end = Math.max(end, block + 1);
  }

  boolean contains(long block) {
    return block >= 0 && block < blocks;
  }

  /** References to a block; 0 for blocks that are none of these. */
  int get(int page, int at) {
    return anyIn(page) ? pages[page].get(at) : 0;
  }

  boolean anyIn(int page) {
    return page < pages.length && pages[page] != null;
  }

  /** One past the last block with a reference. */
  long end() {
    return end;
  }

  /** Blocks with a reference. */
  long distinct() {
    return distinct;
  }
}
