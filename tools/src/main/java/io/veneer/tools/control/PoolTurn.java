// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.file.HostPoolFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Waiting for a pool that another process has locked and that nobody answers for: a server that is
 * starting or ending, or another command. Scripts that start one thing after the other meet these,
 * and nothing is wrong then.
 */
public final class PoolTurn {
  /** For a server that starts, or another short command. */
  public static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** For a server that ends, which finishes what its clients began and writes everything back. */
  public static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private PoolTurn() {}

  /**
   * Reaches a pool through its server, or opens it. Many who wait take their turns one after the
   * other, so the patience is for each who has the pool meanwhile.
   *
   * @param <T> what reaches the pool
   * @param patienceNanos how long to wait for one holder
   * @param served reaches the server if it answers
   * @param opened opens the pool
   * @return what reached it
   * @throws PoolLockedException if somebody has the pool for longer
   */
  public static <T> T await(long patienceNanos, Supplier<Optional<T>> served, Supplier<T> opened) {
    return retry(
        () -> served.get().orElseGet(opened), new PatienceWithEach(patienceNanos)::lastsWith);
  }

  /**
   * Opens a pool that nobody serves.
   *
   * @param <T> what has the pool
   * @param patienceNanos how long to wait, whoever has the pool meanwhile
   * @param opened opens the pool
   * @return what it made
   * @throws PoolLockedException if the pool is not free by then
   */
  public static <T> T awaitFree(long patienceNanos, Supplier<T> opened) {
    long since = System.nanoTime();
    return retry(opened, locked -> System.nanoTime() - since <= patienceNanos);
  }

  private static <T> T retry(Supplier<T> attempt, Predicate<PoolLockedException> again) {
    while (true) {
      try {
        return attempt.get();
      } catch (PoolLockedException e) {
        if (!again.test(e)) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /**
   * Finds the server of a pool, which is waited for as long as somebody has the pool. Opens
   * nothing, and so gets in nobody's way.
   *
   * @param <T> what reaches the server
   * @param folder the pool's folder
   * @param patienceNanos how long to wait
   * @param served reaches the server if it answers
   * @return empty if nobody has locked the pool, or does not answer soon
   */
  public static <T> Optional<T> awaitServer(
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

  /** Begins anew with each holder of the pool. */
  private static final class PatienceWithEach {
    private final long nanos;
    private String holder = "";
    private long since;

    PatienceWithEach(long nanos) {
      this.nanos = nanos;
    }

    /** The message names the holder. */
    boolean lastsWith(PoolLockedException locked) {
      if (!holder.equals(locked.getMessage())) {
        holder = locked.getMessage();
        since = System.nanoTime();
      }
      return System.nanoTime() - since <= nanos;
    }
  }
}
