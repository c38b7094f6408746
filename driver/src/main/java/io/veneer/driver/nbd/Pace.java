// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

/**
 * Whether the small requests of one client are better done one after the other by the thread that
 * reads them, or handed to workers. What is in memory takes about a microsecond, far less than
 * another thread needs to wake up; what has to be copied or fetched from a disk is worth doing at
 * the same time. Follows the running mean of what requests took, with a gap between the two
 * thresholds so that it does not swing. Any thread; a lost update does no harm.
 */
final class Pace {
  private static final long SLOW_NANOS = 100_000;
  private static final long FAST_NANOS = 40_000;

  /** So that a thread that had to give up its processor now and then changes nothing. */
  private static final long SAMPLE_NANOS_MAX = 400_000;

  private static final int MEAN_OF = 16;

  /** Larger requests count as several. */
  private static final long UNIT_BYTES = 64 << 10;

  private long meanNanos;
  private volatile boolean slow;

  /** Notes what one request took; counts reads and writes that need not be durable. */
  void took(Request request, long nanos) {
    if (request.type <= NbdProtocol.NBD_CMD_WRITE && !request.fua()) {
      took(nanos / (1 + request.length / UNIT_BYTES));
    }
  }

  private void took(long nanos) {
    long sample = Math.min(nanos, SAMPLE_NANOS_MAX);
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
