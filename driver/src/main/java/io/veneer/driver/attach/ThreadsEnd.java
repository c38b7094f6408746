// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The end of threads whose work must be done, however long it takes. Stateless; any thread. */
final class ThreadsEnd {
  private ThreadsEnd() {}

  /**
   * Gives them nothing more to do, and waits until they have done what they have. What they write
   * back now cannot be later, so an interrupted thread waits for it too.
   */
  static void await(ExecutorService threads) {
    threads.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
