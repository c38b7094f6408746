// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;

/**
 * Moves bytes between a mapping and a buffer, and notices when they did not arrive.
 *
 * <p>When a mapped page cannot be brought in (the disk fails, the file was cut off), the JVM breaks
 * the copy off and goes on as if nothing had been; its {@code InternalError} is raised only when
 * the thread next enters the JVM, at some other place, and by then wrong bytes may have been handed
 * on as read. So before a load, the last eight bytes of each page's part in the target are set to a
 * mark; where the mark is still there afterwards, the part did not arrive, or the file happens to
 * hold the mark. After a store, the last eight bytes of each part are looked at in the mapping. Who
 * gets the answer false does it again with a call that can fail: right in both cases.
 *
 * <p>A load that failed is always noticed. A store that failed is noticed unless the page holds the
 * right last bytes already. Costs about a nanosecond per page. No garbage; any thread.
 */
final class GuardedCopy {
  private static final int PAGE_BYTES = 4096;
  private static final long MARK = 0x9BD1_5A0E_F34C_7726L;

  private GuardedCopy() {}

  /** Copies from a mapping; false if it must be done again in another way. */
  static boolean load(ByteBuffer mapped, int index, ByteBuffer target, int at, int length) {
    if (length < Long.BYTES) {
      return false;
    }
    int shift = at - index;
    int end = index + length;
    for (int last = lastOfFirstPart(index, end); last <= end; last = lastOfNextPart(last, end)) {
      target.putLong(last - Long.BYTES + shift, MARK);
    }
    try {
      target.put(at, mapped, index, length);
    } catch (InternalError e) {
      return false;
    }
    for (int last = lastOfFirstPart(index, end); last <= end; last = lastOfNextPart(last, end)) {
      if (target.getLong(last - Long.BYTES + shift) == MARK) {
        return drain();
      }
    }
    return true;
  }

  /** Copies into a mapping; false if it must be done again in another way. */
  static boolean store(ByteBuffer mapped, int index, ByteBuffer source, int at, int length) {
    if (length < Long.BYTES) {
      return false;
    }
    try {
      mapped.put(index, source, at, length);
    } catch (InternalError e) {
      return false;
    }
    int shift = at - index;
    int end = index + length;
    boolean sameOrder = mapped.order() == source.order();
    for (int last = lastOfFirstPart(index, end); last <= end; last = lastOfNextPart(last, end)) {
      long wanted = source.getLong(last - Long.BYTES + shift);
      if (mapped.getLong(last - Long.BYTES) != (sameOrder ? wanted : Long.reverseBytes(wanted))) {
        return drain();
      }
    }
    return true;
  }

  /**
   * The end of the part that lies in the first page, or of the next if it is too short for a mark;
   * then that one's mark lies partly in the page before, which is as good.
   */
  private static int lastOfFirstPart(int index, int end) {
    int last = Math.min(end, (index & -PAGE_BYTES) + PAGE_BYTES);
    return last - index < Long.BYTES ? Math.min(end, last + PAGE_BYTES) : last;
  }

  private static int lastOfNextPart(int last, int end) {
    return last == end ? Integer.MAX_VALUE : Math.min(end, last + PAGE_BYTES);
  }

  /** Takes delivery of the JVM's error here, so that it does not come up somewhere else. */
  private static boolean drain() {
    try {
      Thread.yield();
    } catch (InternalError e) {
      return false;
    }
    return false;
  }
}
