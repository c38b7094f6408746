// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.file.HostPoolFiles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The moment in which a server has locked its pool and does not listen yet. Scripts that start one
 * and go on at once meet it; nothing is wrong then, so it is waited for.
 */
final class StartingServer {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private StartingServer() {}

  /**
   * Finds the server of a pool that somebody has locked, if that is one that answers soon.
   *
   * @param find finds the server if it answers
   */
  static <T> Optional<T> await(Supplier<Optional<T>> find) {
    long start = System.nanoTime();
    Optional<T> found = find.get();
    while (found.isEmpty() && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(PAUSE_NANOS);
      found = find.get();
    }
    return found;
  }

  /** As {@link #await}, and at once empty where nobody has locked the pool. */
  static <T> Optional<T> awaitIfLocked(Path folder, Supplier<Optional<T>> find) {
    Optional<T> found = find.get();
    return found.isEmpty() && HostPoolFiles.isInUse(folder) ? await(find) : found;
  }
}
