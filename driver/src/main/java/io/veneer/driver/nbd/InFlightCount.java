// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** How many requests of one client are with workers, their replies included. */
final class InFlightCount {
  private static final long LOOK_AGAIN_NANOS = 100_000_000;

  private final AtomicInteger count = new AtomicInteger();
  private volatile Thread waiter;

  /** One more; only by the thread that reads the client's requests. */
  void begin() {
    count.incrementAndGet();
  }

  /** One less; any thread. */
  void end() {
    if (count.decrementAndGet() == 0) {
      LockSupport.unpark(waiter);
    }
  }

  int get() {
    return count.get();
  }

  /** Waits until there are none; only by the thread that begins them. */
  void awaitNone() {
    waiter = Thread.currentThread();
    while (count.get() > 0) {
      LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
    }
    waiter = null;
  }
}
