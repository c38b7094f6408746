// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import net.openhft.chronicle.core.OS;

/**
 * The pieces of memory that one positional write takes in a row (C's {@code struct iovec}), built
 * without garbage: each thread has one vector with its native memory, and with a scratch buffer
 * through which bytes of the Java heap go, since the kernel needs an address that stays.
 *
 * <p>Belongs to the thread that got it from {@link #ofThisThread}, until that thread asks again.
 */
final class IoVector {
  private static final int ENTRIES_MAX = 64;
  private static final int ENTRY_BYTES = 2 * Long.BYTES;
  private static final int ZEROES_BYTES = 64 * 1024;
  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(ZEROES_BYTES);
  private static final long ZEROES_ADDRESS = OS.memory().address(ZEROES);
  private static final ThreadLocal<IoVector> OF_THREAD = ThreadLocal.withInitial(IoVector::new);

  private final ByteBuffer entries =
      ByteBuffer.allocateDirect(ENTRIES_MAX * ENTRY_BYTES).order(ByteOrder.nativeOrder());
  private final long entriesAddress = OS.memory().address(entries);
  private ByteBuffer scratch = ByteBuffer.allocateDirect(MetadataFile.BLOCK_BYTES);
  private int first;
  private int end;

  private IoVector() {}

  /** This thread's vector, empty. */
  static IoVector ofThisThread() {
    IoVector vector = OF_THREAD.get();
    vector.first = 0;
    vector.end = 0;
    return vector;
  }

  /** This thread's scratch buffer; used also to bring heap bytes into a vector. */
  static ByteBuffer scratchOfThisThread(int length) {
    return OF_THREAD.get().scratchOf(length);
  }

  /** Memory that holds nothing but zeroes, for copying from. */
  static ByteBuffer zeroes() {
    return ZEROES;
  }

  /** Adds a piece of memory, unless it is empty. */
  void add(long address, long length) {
    if (length > 0) {
      if (end == ENTRIES_MAX) {
        throw new IllegalStateException("too many pieces in one write: count=" + end);
      }
      put(end++, address, length);
    }
  }

  void addZeroes(long length) {
    for (long left = length; left > 0; left -= ZEROES_BYTES) {
      add(ZEROES_ADDRESS, Math.min(left, ZEROES_BYTES));
    }
  }

  /**
   * Adds what remains in a buffer, and moves its position to its limit. At most one buffer per
   * write may be on the heap.
   */
  void add(ByteBuffer source) {
    int length = source.remaining();
    ByteBuffer direct = source.isDirect() ? source : copyToScratch(source);
    int start = source.isDirect() ? source.position() : 0;
    add(OS.memory().address(direct) + start, length);
    source.position(source.limit());
  }

  private ByteBuffer copyToScratch(ByteBuffer source) {
    ByteBuffer direct = scratchOf(source.remaining());
    return direct.put(0, source, source.position(), source.remaining());
  }

  private ByteBuffer scratchOf(int length) {
    if (scratch.capacity() < length) {
      scratch = ByteBuffer.allocateDirect(Math.max(length, 2 * scratch.capacity()));
    }
    return scratch;
  }

  /**
   * Reads a file into a buffer at an index, whether on the heap or not; false if the file ended
   * before.
   */
  boolean read(HostFile file, long offset, ByteBuffer target, int index, int length) {
    if (target.isDirect()) {
      Objects.checkFromIndexSize(index, length, target.limit());
      return file.read(offset, OS.memory().address(target) + index, length);
    }
    ByteBuffer direct = scratchOf(length);
    boolean complete = file.read(offset, OS.memory().address(direct), length);
    target.put(index, direct, 0, length);
    return complete;
  }

  /** Drops bytes from the front, after a write that took only so many. */
  void drop(long length) {
    long left = length;
    while (left > 0 && left >= lengthOf(first)) {
      left -= lengthOf(first++);
    }
    if (left > 0) {
      put(first, entries.getLong(first * ENTRY_BYTES) + left, lengthOf(first) - left);
    }
  }

  long address() {
    return entriesAddress + (long) first * ENTRY_BYTES;
  }

  int count() {
    return end - first;
  }

  private void put(int entry, long address, long length) {
    entries.putLong(entry * ENTRY_BYTES, address);
    entries.putLong(entry * ENTRY_BYTES + Long.BYTES, length);
  }

  private long lengthOf(int entry) {
    return entries.getLong(entry * ENTRY_BYTES + Long.BYTES);
  }
}
