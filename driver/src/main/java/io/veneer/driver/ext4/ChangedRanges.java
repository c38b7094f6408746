// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import org.roaringbitmap.longlong.LongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * The bytes of a device in which it may differ from an older one; outside of them it does not.
 * Filled first, then only read. One thread at a time.
 */
public final class ChangedRanges {
  private static final long UNIT_BYTES = 1024;

  /** The smallest block of a file system is the unit. */
  private final Roaring64Bitmap units = new Roaring64Bitmap();

  /** Makes an empty set: two devices that are the same. */
  public ChangedRanges() {}

  /**
   * Adds a range.
   *
   * @param offset first byte
   * @param lengthBytes length, positive
   */
  public void add(long offset, long lengthBytes) {
    units.addRange(offset / UNIT_BYTES, Geometry.ceilDiv(offset + lengthBytes, UNIT_BYTES));
  }

  void addBlock(long block, int blockBytes) {
    add(block * blockBytes, blockBytes);
  }

  /** The first byte from one on that may differ, or the end if there is none before it. */
  long next(long offset, long end) {
    LongIterator from = units.getLongIteratorFrom(offset / UNIT_BYTES);
    return from.hasNext() ? Math.min(end, Math.max(offset, from.next() * UNIT_BYTES)) : end;
  }
}
