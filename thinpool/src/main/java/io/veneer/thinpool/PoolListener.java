// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * Hears of what an operator wants to know. Called on the pool's own background thread, never with a
 * lock held; it must return soon and not throw.
 */
public interface PoolListener {
  /**
   * Free data or metadata fell below its low-water mark; sent again only after it rose above it.
   *
   * @param status the state at that moment
   */
  default void lowWater(PoolStatus status) {}

  /**
   * The pool's mode changed.
   *
   * @param before the mode until now
   * @param status the state after the change
   */
  default void modeChanged(PoolMode before, PoolStatus status) {}
}
