// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.PoolException;

/** What devices ask of the pool above them when a write cannot have what it needs. */
public interface SpaceKeeper {
  /**
   * Refuses when the pool takes no writes.
   *
   * @throws PoolException if its mode is read-only or failed
   */
  void checkWritable();

  /**
   * Tries to get space for a write that found none: commits, gives freed blocks out, grows the
   * pool, or waits, as the pool's policy says. The caller is not in flight and holds no lock.
   *
   * @param cause why the write stopped
   * @param attempt how often this write has asked already
   * @param sinceNanos {@link System#nanoTime} when the write first asked
   * @throws PoolException the cause, or a clearer one, if there is no space to be had; returns if
   *     the write may try again
   */
  void makeRoom(PoolException cause, int attempt, long sinceNanos);
}
