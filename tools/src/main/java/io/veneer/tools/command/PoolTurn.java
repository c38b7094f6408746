// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.file.HostPoolFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waiting for a pool that another process has locked and that nobody answers for: a server that is
 * starting or ending, or another command. Scripts that start one thing after the other meet these,
 * and nothing is wrong then.
 */
final class PoolTurn {
  /** For a server that starts, or another short command. */
  static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** For a server that ends, which finishes what its clients began and writes everything back. */
  static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private PoolTurn() {}

  /**
   * Reaches a pool through its server, or opens it. Many who wait take their turns one after the
   * other, so the patience is for each who has the pool meanwhile.
   *
   * @param patienceNanos how long to wait for one holder
   * @param served reaches the server if it answers
   * @param opened opens the pool
   * @throws PoolLockedException if somebody has the pool for longer
   */
  static <T> T await(long patienceNanos, Supplier<Optional<T>> served, Supplier<T> opened) {
    String holder = "";
    long since = System.nanoTime();
    while (true) {
      Optional<T> found = served.get();
      if (found.isPresent()) {
        return found.get();
      }
      try {
        return opened.get();
      } catch (PoolLockedException e) {
        if (!holder.equals(e.getMessage())) {
          holder = e.getMessage();
          since = System.nanoTime();
        } else if (System.nanoTime() - since > patienceNanos) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Finds the server of a pool; empty if nobody has locked the pool, or does not answer soon. */
  static <T> Optional<T> awaitServer(
      Path folder, long patienceNanos, Supplier<Optional<T>> served) {
    long start = System.nanoTime();
    Optional<T> found = served.get();
    while (found.isEmpty()
        && HostPoolFiles.isInUse(folder)
        && System.nanoTime() - start < patienceNanos) {
      LockSupport.parkNanos(PAUSE_NANOS);
      found = served.get();
    }
    return found;
  }
}
