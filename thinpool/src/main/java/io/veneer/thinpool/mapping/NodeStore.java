// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The nodes of one kind of tree: reads, makes, shadows and drops them, and keeps the reference
 * counts right while doing so. Reading may come from any thread; all else happens under the
 * metadata lock.
 */
final class NodeStore {
  private final BlockType type;
  private final Transactions transactions;
  private final NodeAllocator nodes;
  private final LeafValues values;
  private final AtomicLong loaded = new AtomicLong();

  NodeStore(BlockType type, Transactions transactions, NodeAllocator nodes, LeafValues values) {
    this.type = type;
    this.transactions = transactions;
    this.nodes = nodes;
    this.values = values;
  }

  /** Reads a node and checks that it is the one that its parent meant. */
  Node load(long block, int level, long key) {
    ByteBuffer image = transactions.reader().read(block, type);
    Node node = Node.decode(type, image);
    require(node.level == level, type, block, "level", level, node.level);
    require(node.key == key, type, block, "key", key, node.key);
    checkEntries(node);
    loaded.incrementAndGet();
    return node;
  }

  /** Entries from disk are checked once, here, so that nothing above can be led astray by them. */
  private void checkEntries(Node node) {
    boolean mapping = type == BlockType.MAPPING_NODE && node.level == 0;
    long end = transactions.superblock().geometry().end();
    int used = 0;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.entry(i);
      boolean valid = mapping ? isValidMapping(entry) : entry >= 0 && entry < end;
      require(valid, type, node.block(), "entry " + i, "a block", Long.toHexString(entry));
      used += entry == 0 ? 0 : 1;
    }
    require(used == node.used(), type, node.block(), "used entries", node.used(), used);
  }

  private boolean isValidMapping(long entry) {
    return MappingEntry.isValid(entry)
        && (!MappingEntry.isData(entry)
            || MappingEntry.dataBlock(entry) < transactions.superblock().dataBlocksMax);
  }

  /**
   * The child of an internal node, read if need be; null when there is none. Any thread.
   *
   * <p>A child that is not on disk yet is in memory, and was put there before its block became the
   * parent's entry; so who saw the entry looks once more before reading.
   */
  Node child(Node parent, int index) {
    Node child = parent.child(index);
    if (child != null) {
      return child;
    }
    long block = parent.entry(index);
    if (block == 0) {
      return null;
    }
    child = parent.child(index);
    if (child != null) {
      return child;
    }
    long key = parent.key + index * NodeFormat.span(parent.level);
    return parent.remember(index, load(block, parent.level - 1, key));
  }

  /** Makes an empty node. */
  Node create(int level, long key, int deviceId) {
    Node node =
        Node.create(
            type,
            new BlockHeaderFormat.Header(
                nodes.take(),
                level,
                transactions.openSequence(),
                transactions.superblock().poolId,
                key,
                0,
                deviceId));
    transactions.stage(node);
    return node;
  }

  /**
   * A node that may be changed in place of a given one: itself if this transaction made it for one
   * parent only, else its shadow. The caller points the parent at it.
   */
  Node writable(Node node, int deviceId) {
    long open = transactions.openSequence();
    if (node.sequence == open && nodes.count(node.block()) == 1) {
      return node;
    }
    Node shadow = node.shadow(nodes.take(), open, deviceId);
    transactions.stage(shadow);
    boolean exclusive = nodes.isExclusive(node.block());
    if (nodes.decrement(node.block()) > 0) {
      forEachChild(shadow, nodes::increment, values::increment);
    } else if (!exclusive) {
      forEachChild(shadow, nodes::markDropped, values::markDropped);
    }
    return shadow;
  }

  private static void forEachChild(Node node, LongConsumer ofNode, LongConsumer ofLeaf) {
    LongConsumer action = node.level > 0 ? ofNode : ofLeaf;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.entry(i);
      if (entry != 0) {
        action.accept(entry);
      }
    }
  }

  /** Takes a reference to a node away; the last one takes what the node refers to along. */
  void drop(Node node) {
    if (nodes.decrement(node.block()) == 0) {
      dropEntries(node);
    }
  }

  /** The same for a child, which is read only if that was its last reference. */
  void drop(ChildReference child) {
    if (nodes.decrement(child.block()) == 0) {
      Node node = child.inMemory();
      dropEntries(node != null ? node : load(child.block(), child.level(), child.key()));
    }
  }

  private void dropEntries(Node node) {
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      if (node.entry(i) != 0) {
        if (node.level > 0) {
          drop(new ChildReference(node, i));
        } else {
          values.decrement(node.entry(i));
        }
      }
    }
  }

  int references(long block) {
    return nodes.count(block);
  }

  boolean isShared(long block) {
    return nodes.count(block) > 1;
  }

  boolean isExclusive(Node node) {
    return nodes.isExclusive(node.block());
  }

  void share(Node node) {
    nodes.increment(node.block());
  }

  long durableSequence() {
    return transactions.durableSequence();
  }

  /** Nodes read since the last call that returned true, if they are more than a limit. */
  boolean hasLoadedMoreThan(long limit) {
    long count = loaded.get();
    return count > limit && loaded.compareAndSet(count, 0);
  }
}
