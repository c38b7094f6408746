// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;

/**
 * Compares two trees of one pool from a key on, a few leaves at a time. Where both point at the
 * same node all below is the same and is not looked at, so that the cost follows the difference and
 * not what is mapped. One use, one thread.
 */
final class TreeDifference {
  private static final int LEAVES_MAX = 16;

  private final NodeStore store;
  private final long from;
  private final DifferenceVisitor visitor;
  private int leaves;
  private long next = StoredDevice.END;

  TreeDifference(NodeStore store, long from, DifferenceVisitor visitor) {
    this.store = store;
    this.from = from;
    this.visitor = visitor;
  }

  /** Returns where to go on. */
  long compare(Node one, Node other) {
    int level = Math.max(levelOf(one), levelOf(other));
    compare(one, other, level, 0);
    return next;
  }

  private static int levelOf(Node node) {
    return node == null ? 0 : node.level;
  }

  /** Compares what two trees have in the span of a node of a level that begins at a key. */
  private void compare(Node one, Node other, int level, long key) {
    if (one == other || (one != null && other != null && one.block() == other.block())) {
      return;
    }
    if (level == 0) {
      compareLeaves(one, other, key);
      return;
    }
    long span = NodeFormat.span(level);
    boolean alike = levelOf(one) == level && levelOf(other) == level;
    int i = nextDifference(one, other, alike, firstIndex(key, span));
    while (i < NodeFormat.ENTRIES && next == StoredDevice.END) {
      compare(below(one, level, i), below(other, level, i), level - 1, key + i * span);
      i = nextDifference(one, other, alike, i + 1);
    }
  }

  /**
   * Where two nodes of one level differ next; what cannot be compared as a whole is looked into,
   * index by index.
   */
  private static int nextDifference(Node one, Node other, boolean alike, int from) {
    return alike && one != null && other != null ? one.firstDifference(other, from) : from;
  }

  /** Where in a node the key to begin with lies. */
  private int firstIndex(long key, long span) {
    return from <= key ? 0 : (int) Math.min(NodeFormat.ENTRIES, (from - key) / span);
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

  private void compareLeaves(Node one, Node other, long key) {
    int i = nextDifference(one, other, true, firstIndex(key, 1));
    while (i < NodeFormat.ENTRIES) {
      long entry = one == null ? MappingEntry.HOLE : one.entry(i);
      long otherEntry = other == null ? MappingEntry.HOLE : other.entry(i);
      if (!isSame(entry, otherEntry)) {
        visitor.visit(key + i, entry, otherEntry);
      }
      i = nextDifference(one, other, true, i + 1);
    }
    if (++leaves == LEAVES_MAX) {
      next = key + NodeFormat.ENTRIES;
    }
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
