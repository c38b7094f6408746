// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.pace;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether the small requests of one client are better done by few threads, one after the other, or
 * by many at once. What is in memory takes about a microsecond, far less than another thread needs
 * to wake up; what has to be copied or fetched from a disk is worth doing at the same time.
 *
 * <p>Follows the running mean of what requests took while few did them. Where it is too high, the
 * client is slow for a while; then few threads try again. What requests take with many threads says
 * nothing: they wait for one another, for the inode's lock and for a processor, so quick requests
 * would look slow for as long as there are many. A while that ends in a trial that soon fails is
 * followed by one twice as long, so that a slow disk is hardly tried.
 *
 * <p>A client's first requests meet code that is not compiled yet and memory that was not touched
 * yet, for which more threads do nothing but wait for one another. (First writes over NBD took 170
 * to 250 microseconds at first, and then workers did them for most of a second, though they were
 * down to 20.) So for a while only a mean is slow that no such thing explains.
 *
 * <p>Any thread; a lost update does no harm.
 */
public final class Pace {
  /** So that a thread that had to give up its processor now and then changes nothing. */
  private static final long SAMPLE_NANOS_MAX = 400_000;

  private static final int MEAN_OF = 16;

  /** So long a client is new: it takes a tenth of a second or two. */
  private static final int NEW_REQUESTS = 2000;

  /** What is slow for a new client, in terms of what is slow for others. */
  private static final int NEW_FACTOR = 4;

  /** Larger requests count as several. */
  private static final long UNIT_BYTES = 64 << 10;

  private static final long WHILE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long WHILE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(640);

  /** A trial of fewer requests has failed soon. */
  private static final int TRIAL_REQUESTS = 256;

  private final long slowNanos;
  private final LongSupplier nanoClock;
  private long meanNanos;
  private int requestsTried;
  private int requestsSeen;
  private long whileNanos = WHILE_NANOS_MIN;
  private long slowUntilNanos;
  private volatile boolean slow;

  /**
   * The pace of a client nothing is known of: quick.
   *
   * @param slowNanos the mean from which more threads help, in nanoseconds, at most 400,000
   */
  public Pace(long slowNanos) {
    this(slowNanos, System::nanoTime);
  }

  /** With a clock that tests can set. */
  Pace(long slowNanos, LongSupplier nanoClock) {
    this.slowNanos = slowNanos;
    this.nanoClock = nanoClock;
  }

  /**
   * Notes what a read or write took that began while the client was not slow.
   *
   * @param nanos its time in nanoseconds
   * @param bytes its length
   */
  public void took(long nanos, long bytes) {
    if (slow) {
      return;
    }
    int factor = allowance();
    long sample = Math.min(nanos / (1 + bytes / UNIT_BYTES), factor * SAMPLE_NANOS_MAX);
    long mean = meanNanos + (sample - meanNanos) / MEAN_OF;
    meanNanos = mean;
    if (requestsTried < TRIAL_REQUESTS) {
      requestsTried++;
    }
    if (mean > factor * slowNanos) {
      beSlow();
    }
  }

  private int allowance() {
    if (requestsSeen >= NEW_REQUESTS) {
      return 1;
    }
    requestsSeen++;
    if (requestsSeen == NEW_REQUESTS) {
      meanNanos = 0; // it was of samples that are too long from now on
    }
    return NEW_FACTOR;
  }

  private void beSlow() {
    boolean failedSoon = requestsTried < TRIAL_REQUESTS;
    whileNanos = failedSoon ? Math.min(2 * whileNanos, WHILE_NANOS_MAX) : WHILE_NANOS_MIN;
    slowUntilNanos = nanoClock.getAsLong() + whileNanos;
    slow = true;
  }

  /**
   * Whether more threads should do the requests now.
   *
   * @return true while requests are slow, until the next trial
   */
  public boolean isSlow() {
    if (slow && nanoClock.getAsLong() - slowUntilNanos >= 0) {
      meanNanos = 0;
      requestsTried = 0;
      slow = false;
    }
    return slow;
  }
}
