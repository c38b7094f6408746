// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Lets one thread at a time work on each device, and any number on different ones. A turn is no
 * lock that could be taken twice: who has one must not ask for the same again. Any thread.
 */
final class Turns {
  private final Set<Integer> taken = new HashSet<>();
  private boolean closed;

  /** Waits for a device's turn; false if there are none any more. */
  synchronized boolean take(int deviceId) {
    awaitUntil(() -> closed || !taken.contains(deviceId));
    return !closed && taken.add(deviceId);
  }

  /** The same without waiting; false also if somebody else has the turn. */
  synchronized boolean tryTake(int deviceId) {
    return !closed && taken.add(deviceId);
  }

  synchronized void give(int deviceId) {
    taken.remove(deviceId);
    notifyAll();
  }

  /** Lets nobody begin any more, and waits for those who did. */
  synchronized void close() {
    closed = true;
    notifyAll();
    awaitUntil(taken::isEmpty);
  }

  /** What is under way ends by itself, so an interrupted thread waits for it too. */
  private void awaitUntil(BooleanSupplier condition) {
    boolean interrupted = false;
    while (!condition.getAsBoolean()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
