// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.concurrent.TimeUnit;

/**
 * Somebody who was found to use a FUSE file, and whose opening this process was not told of. Who
 * opened it under an earlier server is heard of when he closes it; who has only its place ({@code
 * O_PATH}) is not, and so is looked for again from time to time. Asking needs the loop device to be
 * taken away, which this is there to spare its users. One thread at a time.
 */
final class UnseenUser {
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

  private boolean found;
  private long foundNanos;
  private int closings;

  /** Somebody was found, after so many closings of what was opened unseen. */
  void found(int closingsThen) {
    found = true;
    foundNanos = System.nanoTime();
    closings = closingsThen;
  }

  /** Whether nothing says that he has gone, after so many closings. */
  boolean isThere(int closingsNow) {
    return found && closings == closingsNow && System.nanoTime() - foundNanos < LOOK_NANOS;
  }
}
