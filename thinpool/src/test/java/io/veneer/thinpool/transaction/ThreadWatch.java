// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tells what another thread of a test is doing. */
public final class ThreadWatch {
  private ThreadWatch() {}

  /**
   * Returns once a thread waits, or is over.
   *
   * @param thread a thread that was started
   */
  public static void awaitPause(Thread thread) {
    for (int pauses = 0; pauses < 20 && thread.isAlive(); ) {
      pauses = thread.getState() == Thread.State.RUNNABLE ? 0 : pauses + 1;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
