// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.file.HostPoolFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waiting for a pool that another process has locked and that nobody answers for: a server that is
 * starting or ending, or another command. Scripts that start one thing after the other meet these,
 * and nothing is wrong then.
 */
public final class PoolTurn {
  /** For another short command. */
  public static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * For a server that is found starting or ending, also on a machine with much to do; and what a
   * server has for whoever has its pool.
   */
  public static final long SERVER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** For a server that ends, which finishes what its clients began and writes everything back. */
  public static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private PoolTurn() {}

  /**
   * Reaches a pool through its server, or opens it. Many who wait take their turns one after the
   * other, so the patience is for each who has the pool meanwhile.
   *
   * @param <T> what reaches the pool
   * @param folder the pool's folder
   * @param patienceNanos how long to wait for one holder; longer for a server
   * @param served reaches the server if it answers
   * @param opened opens the pool
   * @return what reached it
   * @throws PoolLockedException if somebody has the pool for longer
   */
  public static <T> T await(
      Path folder, long patienceNanos, Supplier<Optional<T>> served, Supplier<T> opened) {
    PatienceWithEach patience = new PatienceWithEach(folder, patienceNanos);
    while (true) {
      try {
        return served.get().orElseGet(opened);
      } catch (PoolLockedException e) {
        if (!patience.lastsWith(e.getMessage())) {
          return served.get().orElseThrow(() -> e); // it may answer since the lock was tried
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /**
   * Opens a pool that nobody serves.
   *
   * @param <T> what has the pool
   * @param patienceNanos how long to wait, whoever has the pool meanwhile
   * @param inVain whether waiting has no sense any more
   * @param opened opens the pool
   * @return what it made
   * @throws PoolLockedException if the pool is not free by then
   */
  public static <T> T awaitFree(long patienceNanos, BooleanSupplier inVain, Supplier<T> opened) {
    long since = System.nanoTime();
    while (true) {
      try {
        return opened.get();
      } catch (PoolLockedException e) {
        if (System.nanoTime() - since > patienceNanos || inVain.getAsBoolean()) {
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
   * @param patienceNanos how long to wait for one holder; longer for a server
   * @param served reaches the server if it answers
   * @return empty if nobody has locked the pool, or does not answer soon
   */
  public static <T> Optional<T> awaitServer(
      Path folder, long patienceNanos, Supplier<Optional<T>> served) {
    PatienceWithEach patience = new PatienceWithEach(folder, patienceNanos);
    Optional<T> found = served.get();
    while (found.isEmpty()) {
      Optional<String> holder = HostPoolFiles.holder(folder);
      if (holder.isEmpty() || !patience.lastsWith(holder.get())) {
        return served.get(); // it may answer since it was looked for
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      found = served.get();
    }
    return found;
  }

  /** Begins anew with each holder of the pool. */
  private static final class PatienceWithEach {
    private final Path folder;
    private final long shortNanos;
    private String holder = "";
    private long since;
    private long nanos;

    PatienceWithEach(Path folder, long nanos) {
      this.folder = folder;
      this.shortNanos = nanos;
    }

    /** The words name the holder. What it is takes a look at the kernel, so once is enough. */
    boolean lastsWith(String words) {
      if (!holder.equals(words)) {
        holder = words;
        since = System.nanoTime();
        nanos = shortNanos;
      }
      if (System.nanoTime() - since > nanos && nanos < SERVER_NANOS) {
        nanos = PoolHolder.in(words).startsOrEnds(folder) ? SERVER_NANOS : nanos;
      }
      return System.nanoTime() - since <= nanos;
    }
  }
}
