// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.concurrent.TimeUnit;

/**
 * Pauses between attempts at what others keep busy for a moment: short at first, as most are done
 * in less than a millisecond, then longer, for a second in all. One thread.
 */
final class Patience {
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long ALL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private long nextNanos = FIRST_NANOS;
  private long spentNanos;

  /** Waits a little; false if there was waiting enough, or the thread is to end. */
  boolean pause() {
    if (spentNanos >= ALL_NANOS) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(nextNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    spentNanos += nextNanos;
    nextNanos = Math.min(2 * nextNanos, LONGEST_NANOS);
    return true;
  }
}
