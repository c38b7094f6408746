// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.Transactions;

/**
 * Tells how many references the nodes and data blocks of mappings have, for figures of what devices
 * hold. Any thread in flight; takes the metadata lock for one leaf at a time, so that what is
 * changed meanwhile may be counted as it was or as it is.
 */
final class MappingReferences {
  private final Transactions transactions;
  private final NodeStore nodes;
  private final SpaceMap data;

  MappingReferences(Transactions transactions, NodeStore nodes, SpaceMap data) {
    this.transactions = transactions;
    this.nodes = nodes;
    this.data = data;
  }

  /** Data blocks of a tree that have no other reference. Shared nodes are not read. */
  long exclusiveBlocks(Node root) {
    return root == null || isShared(root.block()) ? 0 : exclusiveBelow(root);
  }

  private long exclusiveBelow(Node node) {
    if (node.level == 0) {
      return exclusiveInLeaf(node);
    }
    long blocks = 0;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.entry(i);
      if (entry != 0 && !isShared(entry)) {
        Node child = nodes.child(node, i);
        blocks += child == null ? 0 : exclusiveBelow(child);
      }
    }
    return blocks;
  }

  private boolean isShared(long block) {
    transactions.lock().lock();
    try {
      return nodes.isShared(block);
    } finally {
      transactions.lock().unlock();
    }
  }

  private long exclusiveInLeaf(Node leaf) {
    transactions.lock().lock();
    try {
      long blocks = 0;
      for (int i = 0; i < NodeFormat.ENTRIES; i++) {
        long entry = leaf.entry(i);
        boolean only = MappingEntry.isData(entry) && data.count(MappingEntry.dataBlock(entry)) == 1;
        blocks += only ? 1 : 0;
      }
      return blocks;
    } finally {
      transactions.lock().unlock();
    }
  }

  /** How many references a node has. */
  int ofNode(long block) {
    transactions.lock().lock();
    try {
      return nodes.references(block);
    } finally {
      transactions.lock().unlock();
    }
  }

  /** A child of a node, or null. */
  Node child(Node parent, int index) {
    return nodes.child(parent, index);
  }

  /** Takes a data block and how many references it has. */
  interface DataBlockVisitor {
    void visit(long block, int references);
  }

  /** The data blocks of a leaf. */
  void forEachDataBlock(Node leaf, DataBlockVisitor visitor) {
    transactions.lock().lock();
    try {
      for (int i = 0; i < NodeFormat.ENTRIES; i++) {
        long entry = leaf.entry(i);
        if (MappingEntry.isData(entry)) {
          long block = MappingEntry.dataBlock(entry);
          visitor.visit(block, data.count(block));
        }
      }
    } finally {
      transactions.lock().unlock();
    }
  }
}
