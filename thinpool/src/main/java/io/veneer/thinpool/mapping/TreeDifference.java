// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;

/**
 * Compares two trees of one pool. Where both point at the same node all below is the same and is
 * not looked at, so that the cost follows the difference and not what is mapped.
 */
final class TreeDifference {
  private final NodeStore store;
  private final DifferenceVisitor visitor;

  TreeDifference(NodeStore store, DifferenceVisitor visitor) {
    this.store = store;
    this.visitor = visitor;
  }

  void compare(Node one, Node other) {
    int level = Math.max(levelOf(one), levelOf(other));
    compare(one, other, level, 0);
  }

  private static int levelOf(Node node) {
    return node == null ? 0 : node.level;
  }

  /**
   * Compares what two trees have from a key on, in the span of a node of a level; false to stop.
   */
  private boolean compare(Node one, Node other, int level, long key) {
    if (one == other || (one != null && other != null && one.block() == other.block())) {
      return true;
    }
    if (level == 0) {
      return compareLeaves(one, other, key);
    }
    long span = NodeFormat.span(level);
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      if (differs(one, other, level, i)
          && !compare(below(one, level, i), below(other, level, i), level - 1, key + i * span)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether two internal nodes of one level point at different children; other cases are looked
   * into.
   */
  private static boolean differs(Node one, Node other, int level, int index) {
    boolean bothHere = one != null && other != null && one.level == level && other.level == level;
    return !bothHere || one.entry(index) != other.entry(index);
  }

  /**
   * The part of a tree under an index; a tree that is lower than the level lies under index 0 as a
   * whole.
   */
  private Node below(Node node, int level, int index) {
    if (node == null) {
      return null;
    }
    if (node.level < level) {
      return index == 0 ? node : null;
    }
    return store.child(node, index);
  }

  private boolean compareLeaves(Node one, Node other, long key) {
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = one == null ? MappingEntry.HOLE : one.entry(i);
      long otherEntry = other == null ? MappingEntry.HOLE : other.entry(i);
      if (!isSame(entry, otherEntry) && !visitor.visit(key + i, entry, otherEntry)) {
        return false;
      }
    }
    return true;
  }

  /** Times do not count: the same data block is the same content. */
  private static boolean isSame(long entry, long otherEntry) {
    if (MappingEntry.isData(entry) && MappingEntry.isData(otherEntry)) {
      return MappingEntry.dataBlock(entry) == MappingEntry.dataBlock(otherEntry);
    }
    return MappingEntry.isData(entry) == MappingEntry.isData(otherEntry)
        && MappingEntry.isZero(entry) == MappingEntry.isZero(otherEntry);
  }
}
