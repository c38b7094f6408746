// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The contents of a sparse file in memory: 4 KiB pages where there is room, zeroes elsewhere. A
 * fork shares all pages; whoever writes to a shared page first copies it.
 *
 * <p>Not safe for threads; forks of one another may be used by different threads once made.
 */
final class SparseBytes {
  static final int PAGE_BYTES = 4096;

  private static final Page RESERVED = new Page(new byte[PAGE_BYTES], new Object());

  private record Page(byte[] bytes, Object owner) {}

  private final Map<Long, Page> pages;
  private long lengthBytes;

  /** Whose pages may be written without a copy; changed by each fork. */
  private Object owner = new Object();

  SparseBytes() {
    this(new HashMap<>(), 0);
  }

  private SparseBytes(Map<Long, Page> pages, long lengthBytes) {
    this.pages = pages;
    this.lengthBytes = lengthBytes;
  }

  SparseBytes fork() {
    owner = new Object();
    return new SparseBytes(new HashMap<>(pages), lengthBytes);
  }

  long lengthBytes() {
    return lengthBytes;
  }

  long heldBytes() {
    return (long) pages.size() * PAGE_BYTES;
  }

  /** How many bytes of room a range lacks. */
  long missingBytes(long offset, long length) {
    long missing = 0;
    for (long page = offset / PAGE_BYTES; page * PAGE_BYTES < offset + length; page++) {
      missing += pages.containsKey(page) ? 0 : PAGE_BYTES;
    }
    return missing;
  }

  /** Reads into an array of its own. */
  byte[] read(long offset, int length) {
    byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      int index = indexIn(offset + done);
      int part = Math.min(length - done, PAGE_BYTES - index);
      Page page = pages.get((offset + done) / PAGE_BYTES);
      if (page != null) {
        System.arraycopy(page.bytes(), index, bytes, done, part);
      }
      done += part;
    }
    return bytes;
  }

  /** Writes what remains in a buffer, without moving its position. */
  void write(long offset, ByteBuffer source) {
    int length = source.remaining();
    int done = 0;
    while (done < length) {
      int index = indexIn(offset + done);
      int part = Math.min(length - done, PAGE_BYTES - index);
      byte[] page = ownPage((offset + done) / PAGE_BYTES);
      source.get(source.position() + done, page, index, part);
      done += part;
    }
    lengthBytes = Math.max(lengthBytes, offset + length);
  }

  void reserve(long offset, long length) {
    for (long page = offset / PAGE_BYTES; page * PAGE_BYTES < offset + length; page++) {
      pages.putIfAbsent(page, RESERVED);
    }
    lengthBytes = Math.max(lengthBytes, offset + length);
  }

  void punch(long offset, long length) {
    long end = offset + length;
    long firstWhole = Math.min(end, roundUp(offset));
    long endWhole = Math.max(firstWhole, end / PAGE_BYTES * PAGE_BYTES);
    clear(offset, firstWhole);
    clear(endWhole, end);
    long pageCount = (endWhole - firstWhole) / PAGE_BYTES;
    long firstPage = firstWhole / PAGE_BYTES;
    if (pageCount > pages.size()) {
      pages.keySet().removeIf(page -> page >= firstPage && page < firstPage + pageCount);
    } else {
      for (long page = firstPage; page < firstPage + pageCount; page++) {
        pages.remove(page);
      }
    }
  }

  void truncate(long length) {
    if (length < lengthBytes) {
      punch(length, roundUp(lengthBytes) - length);
      lengthBytes = length;
    }
  }

  /** Clears part of one page. */
  private void clear(long start, long end) {
    long page = start / PAGE_BYTES;
    if (end > start && pages.containsKey(page)) {
      int index = indexIn(start);
      Arrays.fill(ownPage(page), index, index + (int) (end - start), (byte) 0);
    }
  }

  private byte[] ownPage(long index) {
    Page page = pages.get(index);
    if (page == null || page.owner() != owner) {
      byte[] bytes = page == null ? new byte[PAGE_BYTES] : page.bytes().clone();
      page = new Page(bytes, owner);
      pages.put(index, page);
    }
    return page.bytes();
  }

  private static int indexIn(long offset) {
    return (int) (offset % PAGE_BYTES);
  }

  private static long roundUp(long offset) {
    return (offset + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }
}
