// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which pages of a file were stored to since the file was last forced, or in the last seconds, as a
 * hint for how to store the next time.
 *
 * <p>Forcing a file makes its mapped pages read-only again, so that the first store to each faults:
 * ten to thirty times the cost of a copy, and more than a positional write. The second and later
 * stores to the same page cost only the copy. So the first store to a page goes by a positional
 * write and the following ones through the mapping: never much worse than either, whatever the
 * pattern.
 *
 * <p>What the kernel or somebody's {@code sync} writes back is not told. So all is forgotten every
 * few seconds, and at once when stores through the mapping turn out to be slow: one in some is
 * timed. (Measured with 4 KiB writes over NBD after a {@code sync}: 19,000 a second while pages
 * were taken for stored to, 47,000 before.)
 *
 * <p>One bit per page, in chunks that are made when a bit in them is first set. Any thread; no
 * locks on a lookup and no garbage. A lost update costs time and nothing else.
 */
final class StoredPages {
  private static final int PAGE_SHIFT = 12;
  private static final int CHUNK_SHIFT = 15;
  private static final int CHUNK_WORDS = 1 << (CHUNK_SHIFT - 6);
  private static final int LOOK_AT_CLOCK_EVERY = 256;
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A power of two. */
  private static final int TIME_ONE_IN = 16;

  /** Several times what a store takes that does not fault, a third of what one takes that does. */
  private static final long SLOW_NANOS_PER_PAGE = 5_000;

  private static final int SLOW_MAX = 8;

  /** The bits, good while {@code epoch} is that of all. */
  private static final class Chunk {
    final long[] words = new long[CHUNK_WORDS];
    volatile int epoch;
  }

  private static final Chunk[] NONE = {};

  private final LongSupplier nanoClock;
  private volatile Chunk[] chunks = NONE;
  private volatile int epoch = 1;
  private volatile long epochNanos;
  private int notes;
  private int slowStores;

  StoredPages() {
    this(System::nanoTime);
  }

  /** With a clock that tests can set. */
  StoredPages(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.epochNanos = nanoClock.getAsLong();
  }

  /** Notes that a range is stored to; true if all its pages were noted before. */
  boolean noteAgain(long offset, int lengthBytes) {
    if (++notes % LOOK_AT_CLOCK_EVERY == 0 && nanoClock.getAsLong() - epochNanos > KEEP_NANOS) {
      forgetAll();
    }
    long last = offset + lengthBytes - 1 >>> PAGE_SHIFT;
    boolean all = true;
    for (long page = offset >>> PAGE_SHIFT; page <= last; page++) {
      all &= note(page);
    }
    return all;
  }

  private boolean note(long page) {
    Chunk chunk = chunkFor((int) (page >>> CHUNK_SHIFT));
    int word = (int) (page >>> 6) & (CHUNK_WORDS - 1);
    long bit = 1L << page;
    boolean before = (chunk.words[word] & bit) != 0;
    if (!before) {
      chunk.words[word] |= bit;
    }
    return before;
  }

  /** The time before a store through the mapping, or 0 if this one is not timed. */
  long beforeStore() {
    return (notes & (TIME_ONE_IN - 1)) == 0 ? nanoClock.getAsLong() | 1 : 0;
  }

  /**
   * Learns from a store through the mapping how good the hints are.
   *
   * @param before what {@link #beforeStore} gave
   */
  void afterStore(long before, int lengthBytes) {
    if (before == 0) {
      return;
    }
    long pages = 1 + (lengthBytes >>> PAGE_SHIFT);
    boolean slow = nanoClock.getAsLong() - before > pages * SLOW_NANOS_PER_PAGE;
    slowStores = Math.max(0, slowStores + (slow ? 1 : -1));
    if (slowStores >= SLOW_MAX) {
      slowStores = 0;
      forgetAll();
    }
  }

  /** Forgets a range that is about to be forced. */
  void forget(long offset, long lengthBytes) {
    long last = offset + lengthBytes - 1 >>> PAGE_SHIFT;
    for (long page = offset >>> PAGE_SHIFT; page <= last; page++) {
      chunkFor((int) (page >>> CHUNK_SHIFT)).words[(int) (page >>> 6) & (CHUNK_WORDS - 1)] &=
          ~(1L << page);
    }
  }

  /** Forgets everything, as when the file is about to be forced. */
  synchronized void forgetAll() {
    epochNanos = nanoClock.getAsLong();
    epoch++;
  }

  private Chunk chunkFor(int index) {
    Chunk[] present = chunks;
    Chunk chunk = index < present.length ? present[index] : null;
    return chunk != null && chunk.epoch == epoch ? chunk : freshChunk(index);
  }

  private synchronized Chunk freshChunk(int index) {
    Chunk[] grown = chunks;
    if (index >= grown.length) {
      grown = Arrays.copyOf(grown, index + 1);
      chunks = grown;
    }
    if (grown[index] == null) {
      grown[index] = new Chunk();
    }
    if (grown[index].epoch != epoch) {
      Arrays.fill(grown[index].words, 0);
      grown[index].epoch = epoch;
    }
    return grown[index];
  }
}
