// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.PoolException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Names that clients have to themselves for work that takes several requests, such as an import.
 * Where a command opens a pool itself it has all of it to itself; here it has what it claims.
 * Threads: any.
 */
final class Claims {
  private final Set<String> taken = new HashSet<>();

  /**
   * Takes a name.
   *
   * @param name what the client is at, as it is told to others: a noun with its article
   * @throws PoolException if somebody else has it, still after the wait
   */
  synchronized void take(String name, long waitMillis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    while (taken.contains(name)) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (leftMillis <= 0) {
        throw PoolException.badRequest(
            name + " is under way already; wait for it to end, and try again");
      }
      waitFor(leftMillis);
    }
    taken.add(name);
  }

  private void waitFor(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw PoolException.badRequest("interrupted while waiting for another command");
    }
  }

  synchronized void giveBack(Collection<String> names) {
    taken.removeAll(names);
    notifyAll();
  }
}
