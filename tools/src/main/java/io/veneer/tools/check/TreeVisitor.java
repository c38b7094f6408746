// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

/** Hears what a {@link TreeWalk} comes to. */
interface TreeVisitor {
  /**
   * An entry of a leaf that is visited for the first time.
   *
   * @param key the entry's key
   * @param entry its bits, not 0
   * @param leaf the leaf, to be completed
   */
  void entry(long key, long entry, NodeSummary leaf);

  /**
   * A node that was visited before, and is not walked again.
   *
   * @param block the node
   * @param summary what is below it
   */
  default void revisit(long block, NodeSummary summary) {}

  /**
   * The end of a node, new or known.
   *
   * @param block the node
   * @param summary what is below it
   */
  default void leave(long block, NodeSummary summary) {}
}
