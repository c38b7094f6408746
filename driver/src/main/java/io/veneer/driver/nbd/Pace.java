// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether the small requests of one client are better done one after the other by the thread that
 * reads them, or handed to workers. What is in memory takes about a microsecond, far less than
 * another thread needs to wake up; what has to be copied or fetched from a disk is worth doing at
 * the same time.
 *
 * <p>Follows the running mean of what the reading thread's own requests took. Where it is too high,
 * workers get the requests for a while; then the reading thread tries again. What requests take
 * with workers says nothing: they wait for one another, for the inode's lock and for a processor,
 * so quick requests would look slow for as long as there are many. A while that ends in a trial
 * that soon fails is followed by one twice as long, so that a slow disk is hardly tried.
 *
 * <p>Belongs to the reading thread.
 */
final class Pace {
  private static final long SLOW_NANOS = 100_000;

  /** So that a thread that had to give up its processor now and then changes nothing. */
  private static final long SAMPLE_NANOS_MAX = 400_000;

  private static final int MEAN_OF = 16;

  /** Larger requests count as several. */
  private static final long UNIT_BYTES = 64 << 10;

  private static final long WHILE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long WHILE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(640);

  /** A trial of fewer requests has failed soon. */
  private static final int TRIAL_REQUESTS = 256;

  private final LongSupplier nanoClock;
  private long meanNanos;
  private int requestsTried;
  private long whileNanos = WHILE_NANOS_MIN;
  private long slowUntilNanos;
  private boolean slow;

  Pace() {
    this(System::nanoTime);
  }

  /** With a clock that tests can set. */
  Pace(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Notes what one request took that the reading thread did itself; counts reads and writes that
   * need not be durable.
   */
  void took(Request request, long nanos) {
    if (!slow && request.type <= NbdProtocol.NBD_CMD_WRITE && !request.fua()) {
      took(nanos / (1 + request.length / UNIT_BYTES));
    }
  }

  private void took(long nanos) {
    long sample = Math.min(nanos, SAMPLE_NANOS_MAX);
    long mean = meanNanos + (sample - meanNanos) / MEAN_OF;
    meanNanos = mean;
    if (requestsTried < TRIAL_REQUESTS) {
      requestsTried++;
    }
    if (mean > SLOW_NANOS) {
      beSlow();
    }
  }

  private void beSlow() {
    boolean failedSoon = requestsTried < TRIAL_REQUESTS;
    whileNanos = failedSoon ? Math.min(2 * whileNanos, WHILE_NANOS_MAX) : WHILE_NANOS_MIN;
    slowUntilNanos = nanoClock.getAsLong() + whileNanos;
    slow = true;
  }

  /** Whether workers should get the requests now. */
  boolean isSlow() {
    if (slow && nanoClock.getAsLong() - slowUntilNanos >= 0) {
      meanNanos = 0;
      requestsTried = 0;
      slow = false;
    }
    return slow;
  }
}
