// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

/**
 * Whether reads and writes are quick just now. What is in memory takes about a microsecond, and a
 * thread that waits for the next request would take longer to wake up; what has to be fetched from
 * a disk is worth doing at the same time. Follows the running mean of what requests took, with a
 * gap between the two thresholds so that it does not swing. Any thread; a lost update does no harm.
 */
final class Tempo {
  private static final long SLOW_NANOS = 60_000;
  private static final long FAST_NANOS = 25_000;
  private static final long SAMPLE_NANOS_MAX = 2_000_000;
  private static final int MEAN_OF = 16;

  /** Larger requests count as several. */
  private static final long UNIT_BYTES = 64 << 10;

  private long meanNanos;
  private volatile boolean slow;

  /** Notes what one request took. */
  void took(long nanos, long bytes) {
    long sample = Math.min(nanos / (1 + bytes / UNIT_BYTES), SAMPLE_NANOS_MAX);
    long mean = meanNanos + (sample - meanNanos) / MEAN_OF;
    meanNanos = mean;
    if (slow ? mean < FAST_NANOS : mean > SLOW_NANOS) {
      slow = !slow;
    }
  }

  boolean isSlow() {
    return slow;
  }
}
