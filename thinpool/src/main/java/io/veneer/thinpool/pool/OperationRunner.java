// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolOperations;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs transactions, and whatever else changes a pool as a whole, one at a time; requests to
 * devices and commits go on meanwhile. Any thread, but none that is in flight or holds the metadata
 * lock.
 */
final class OperationRunner {
  private final PoolState state;
  private final Directory directory;
  private final ReentrantLock lock = new ReentrantLock();

  OperationRunner(PoolState state, Directory directory) {
    this.state = state;
    this.directory = directory;
  }

  /** Runs a list of operations as {@link ThinPool#transact} says. */
  <T> T transact(Function<PoolOperations, T> list) {
    return alone(
        () -> {
          OperationList recorded = new OperationList(state, directory);
          try {
            T result = list.apply(recorded);
            apply(recorded);
            return result;
          } finally {
            recorded.openGates();
          }
        });
  }

  /** Does what changes the pool, if it may be changed. */
  <T> T alone(Supplier<T> action) {
    return between(
        () -> {
          state.space.checkWritable();
          return action.get();
        });
  }

  /** Does something while no operation runs. */
  <T> T between(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** What cannot be undone is done after all checks, and what cannot fail after that. */
  private void apply(OperationList recorded) {
    OperationApplier applier = new OperationApplier(state, directory, recorded);
    retryingForMetadata(applier::check);
    recorded.resizes().forEach(Resize::prepare);
    retryingForMetadata(applier::apply);
    recorded.resizes().forEach(Resize::finish);
  }

  /** Freed metadata that waits for a commit may be all that is missing. */
  private void retryingForMetadata(Runnable step) {
    Supplier<Void> action =
        () -> {
          step.run();
          return null;
        };
    try {
      state.inside(() -> state.locked(action));
    } catch (OutOfMetadataSpaceException e) {
      state.space.returns().giveBackAll();
      state.inside(() -> state.locked(action));
    }
  }
}
