// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often pages of a file were stored to since the file was last forced, as a hint for how to
 * store the next time.
 *
 * <p>Forcing a file makes its mapped pages read-only again, so that the first store to each through
 * the mapping faults: ten to thirty times the cost of a copy, and several positional writes. Later
 * stores to the same page cost only the copy. So the first two stores to a page go by positional
 * writes and all others through the mapping: never much worse than the better of both, whatever the
 * pattern.
 *
 * <p>Pages that the kernel or somebody's {@code sync} writes back become read-only, too, and nobody
 * tells. So some of the stores that should not fault are timed, and when too many of them are slow,
 * all is forgotten, though not too often. (Measured with 4 KiB writes over NBD, 16 at once, after a
 * {@code sync}: 19,000 a second before that, 45,000 with it. To forget everything each ten seconds
 * instead cost a tenth of the time of stores in memory.)
 *
 * <p>Two bits per page, in chunks that are made when a bit in them is first set. Any thread; no
 * locks on a lookup and no garbage. A lost update costs time and nothing else.
 */
final class StoredPages {
  private static final int PAGE_SHIFT = 12;
  private static final int CHUNK_SHIFT = 15;
  private static final int CHUNK_WORDS = 1 << (CHUNK_SHIFT - 5);

  /** A power of two. */
  private static final int TIME_ONE_IN = 16;

  /** Several times what a store takes that does not fault, a third of what one takes that does. */
  private static final long SLOW_NANOS_PER_PAGE = 5_000;

  /** So that it is too many when more than a quarter is slow. */
  private static final int SLOW_WEIGHT = 3;

  private static final int SLOW_MAX = 8 * SLOW_WEIGHT;

  /** So long at least, as pages that nobody wrote back have to be learned anew, too. */
  private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Stores to a page by positional writes, before one goes through the mapping. */
  static final int BY_CALL = 2;

  /** Stores after which those through the mapping do not fault; the most that is counted. */
  static final int OFTEN = 3;

  /** Counts of two bits for each page, good while {@code epoch} is that of all. */
  private static final class Chunk {
    final long[] words = new long[CHUNK_WORDS];
    volatile int epoch;
  }

  private static final Chunk[] NONE = {};

  private final LongSupplier nanoClock;
  private volatile Chunk[] chunks = NONE;
  private volatile int epoch = 1;
  private int oftenStores;
  private int slowStores;
  private long forgottenNanos;

  StoredPages() {
    this(System::nanoTime);
  }

  /** With a clock that tests can set. */
  StoredPages(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.forgottenNanos = nanoClock.getAsLong() - KEEP_NANOS;
  }

  /**
   * Notes that a range is stored to.
   *
   * @return how often the page of it that was stored to least had been stored to before
   */
  int note(long offset, int lengthBytes) {
    long last = offset + lengthBytes - 1 >>> PAGE_SHIFT;
    int least = OFTEN;
    for (long page = offset >>> PAGE_SHIFT; page <= last; page++) {
      least = Math.min(least, notePage(page));
    }
    return least;
  }

  private int notePage(long page) {
    Chunk chunk = chunkFor((int) (page >>> CHUNK_SHIFT));
    long word = chunk.words[wordOf(page)];
    int count = (int) (word >>> shiftOf(page)) & OFTEN;
    if (count < OFTEN) {
      chunk.words[wordOf(page)] = word + (1L << shiftOf(page));
    }
    return count;
  }

  private static int wordOf(long page) {
    return (int) (page >>> 5) & (CHUNK_WORDS - 1);
  }

  private static int shiftOf(long page) {
    return 2 * (int) (page & 31);
  }

  /**
   * The time before a store through the mapping, or 0 if this one is not timed: most are not, and
   * none is that is the mapping's first, which faults whatever else there was.
   *
   * @param before what {@link #note} gave
   */
  long beforeStore(int before) {
    boolean timed = before == OFTEN && (++oftenStores & (TIME_ONE_IN - 1)) == 0;
    return timed ? nanoClock.getAsLong() | 1 : 0;
  }

  /**
   * Learns from a store through the mapping how good the hints are.
   *
   * @param nanosBefore what {@link #beforeStore} gave
   */
  void afterStore(long nanosBefore, int lengthBytes) {
    if (nanosBefore == 0) {
      return;
    }
    long pages = 1 + (lengthBytes >>> PAGE_SHIFT);
    long now = nanoClock.getAsLong();
    boolean slow = now - nanosBefore > pages * SLOW_NANOS_PER_PAGE;
    slowStores = Math.max(0, slowStores + (slow ? SLOW_WEIGHT : -1));
    if (slowStores >= SLOW_MAX && now - forgottenNanos > KEEP_NANOS) {
      slowStores = 0;
      forgottenNanos = now;
      forgetAll();
    }
  }

  /** Forgets a range that is about to be forced. */
  void forget(long offset, long lengthBytes) {
    long last = offset + lengthBytes - 1 >>> PAGE_SHIFT;
    for (long page = offset >>> PAGE_SHIFT; page <= last; page++) {
      Chunk chunk = chunkFor((int) (page >>> CHUNK_SHIFT));
      chunk.words[wordOf(page)] &= ~((long) OFTEN << shiftOf(page));
    }
  }

  /** Forgets everything, as when the file is about to be forced. */
  synchronized void forgetAll() {
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
