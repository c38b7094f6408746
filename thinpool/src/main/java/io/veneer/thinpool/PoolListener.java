// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * Hears of what an operator wants to know. Called on the pool's own background thread, never with a
 * lock held; it must return soon and not throw.
 */
public interface PoolListener {
  /**
   * Free data or metadata fell below its low-water mark, each of which is told: {@link
   * PoolStatus#isLowOnData} and {@link PoolStatus#isLowOnMetadata}. Sent again only after it rose
   * above the mark; and once to a listener that is added when it is below already.
   *
   * @param status the state at that moment
   */
  default void lowWater(PoolStatus status) {}

  /**
   * The pool's mode changed, but for its being closed.
   *
   * @param before the mode until now
   * @param status the state after the change
   */
  default void modeChanged(PoolMode before, PoolStatus status) {}
}
