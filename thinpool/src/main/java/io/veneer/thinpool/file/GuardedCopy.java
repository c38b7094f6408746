// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Moves bytes between a mapping and a buffer, and notices when they did not arrive.
 *
 * <p>When a mapped page cannot be brought in (the disk fails, the file was cut off), the JVM breaks
 * the copy off and goes on as if nothing had been; its {@code InternalError} is raised only when
 * the thread next enters the JVM, at some other place, and by then wrong bytes may have been handed
 * on as read. So before a load, the last eight bytes of each page's part in the target are set to a
 * mark; where the mark is still there afterwards, the part did not arrive, or the file happens to
 * hold the mark. After a store, the last eight bytes of each part are loaded back in the same way:
 * a plain load that faults leaves its register as it was, perhaps with the very value that is
 * looked for. Who gets the answer false does it again with a call that can fail: right in both
 * cases.
 *
 * <p>A load that failed is always noticed. A store that failed is noticed unless the page holds the
 * right last bytes already. Costs a few nanoseconds per page. No garbage; any thread.
 */
final class GuardedCopy {
  private static final int PAGE_BYTES = 4096;
  private static final long MARK = 0x9BD1_5A0E_F34C_7726L;

  private static final ThreadLocal<ByteBuffer> LOADED_BACK =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Long.BYTES));

  private GuardedCopy() {}

  /** Copies from a mapping; false if it must be done again in another way. */
  static boolean load(ByteBuffer mapped, int index, ByteBuffer target, int at, int length) {
    if (length < Long.BYTES) {
      return false;
    }
    try {
      setMarks(index, target, at, length);
      target.put(at, mapped, index, length);
      return marksAreGone(index, target, at, length) || drain(length);
    } catch (InternalError e) {
      return false;
    }
  }

  private static void setMarks(int index, ByteBuffer target, int at, int length) {
    int shift = at - index;
    int end = index + length;
    int last = lastOfFirstPart(index, end);
    target.putLong(last - Long.BYTES + shift, MARK);
    while (last < end) {
      last = Math.min(end, last + PAGE_BYTES);
      target.putLong(last - Long.BYTES + shift, MARK);
    }
  }

  private static boolean marksAreGone(int index, ByteBuffer target, int at, int length) {
    int shift = at - index;
    int end = index + length;
    int last = lastOfFirstPart(index, end);
    boolean gone = target.getLong(last - Long.BYTES + shift) != MARK;
    while (gone && last < end) {
      last = Math.min(end, last + PAGE_BYTES);
      gone = target.getLong(last - Long.BYTES + shift) != MARK;
    }
    return gone;
  }

  /** Copies into a mapping; false if it must be done again in another way. */
  static boolean store(ByteBuffer mapped, int index, ByteBuffer source, int at, int length) {
    if (length < Long.BYTES) {
      return false;
    }
    try {
      mapped.put(index, source, at, length);
      return endsAreThere(mapped, index, source, at, length) || drain(length);
    } catch (InternalError e) {
      return false;
    }
  }

  private static boolean endsAreThere(
      ByteBuffer mapped, int index, ByteBuffer source, int at, int length) {
    ByteBuffer back = LOADED_BACK.get();
    int shift = at - index;
    int end = index + length;
    boolean sameOrder = back.order() == source.order();
    int last = lastOfFirstPart(index, end);
    boolean there = true;
    while (there && last <= end) {
      long wanted = source.getLong(last - Long.BYTES + shift);
      back.putLong(0, MARK).put(0, mapped, last - Long.BYTES, Long.BYTES);
      long found = back.getLong(0);
      there = found != MARK && found == (sameOrder ? wanted : Long.reverseBytes(wanted));
      last = last == end ? Integer.MAX_VALUE : Math.min(end, last + PAGE_BYTES);
    }
    return there;
  }

  /**
   * The end of the part that lies in the first page, or of the next if it is too short for a mark;
   * then that one's mark lies partly in the page before, which is as good.
   */
  private static int lastOfFirstPart(int index, int end) {
    int last = Math.min(end, (index & -PAGE_BYTES) + PAGE_BYTES);
    return last - index < Long.BYTES ? Math.min(end, last + PAGE_BYTES) : last;
  }

  /**
   * Takes delivery of the JVM's error here, so that it does not come up somewhere else: making an
   * array of arrays whose size is not known before always enters the JVM, even from compiled code,
   * and that is where the error is raised. (Native methods such as {@code yield} do not count.)
   */
  private static boolean drain(int length) {
    try {
      Reference.reachabilityFence(new byte[1 + (length & 1)][1]);
    } catch (InternalError e) {
      return false;
    }
    return false;
  }
}
