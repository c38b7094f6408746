// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.transaction.StagedBlock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tree node in memory. Trees in memory share nodes as trees on disk do: a snapshot points at the
 * same objects.
 *
 * <p>A node that was made in the open transaction is changed in place, entry by entry, under the
 * metadata lock; all others never change. Readers need no lock: an entry is one 64-bit value,
 * stored with release and loaded with acquire, so that it is never seen torn, and a child's object
 * is complete before its parent points at it.
 *
 * <p>An internal node keeps references to the children that were read; a missing one is read again
 * by its block. Dropping a reference to a child that the file has ({@link #forget}) is how memory
 * is given back.
 */
final class Node implements StagedBlock {
  private static final VarHandle ENTRIES = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle CHILDREN = MethodHandles.arrayElementVarHandle(Node[].class);

  final BlockType type;
  final int level;
  final long key;
  final long sequence;
  private final long block;
  private final long poolId;
  private final int deviceId;
  private final long[] entries;
  private final Node[] children;
  private int used;

  private Node(BlockType type, BlockHeaderFormat.Header header, long[] entries, Node[] children) {
    this.type = type;
    this.level = header.level();
    this.key = header.key();
    this.sequence = header.sequence();
    this.block = header.block();
    this.poolId = header.poolId();
    this.deviceId = header.deviceId();
    this.used = header.used();
    this.entries = entries;
    this.children = children;
  }

  /** An empty node of the open transaction. */
  static Node create(BlockType type, BlockHeaderFormat.Header header) {
    Node[] children = header.level() > 0 ? new Node[NodeFormat.ENTRIES] : null;
    return new Node(type, header, new long[NodeFormat.ENTRIES], children);
  }

  /** A node with the content of this one at another place, of the open transaction. */
  Node shadow(long newBlock, long newSequence, int newDeviceId) {
    BlockHeaderFormat.Header header =
        new BlockHeaderFormat.Header(newBlock, level, newSequence, poolId, key, used, newDeviceId);
    Node[] copies = children == null ? null : children.clone();
    return new Node(type, header, entries.clone(), copies);
  }

  /** The node that a verified image holds. */
  static Node decode(BlockType type, ByteBuffer image) {
    BlockHeaderFormat.Header header =
        new BlockHeaderFormat.Header(
            image.getLong(BlockHeaderFormat.BLOCK),
            Short.toUnsignedInt(image.getShort(BlockHeaderFormat.LEVEL)),
            image.getLong(BlockHeaderFormat.SEQUENCE),
            image.getLong(BlockHeaderFormat.POOL_ID),
            image.getLong(BlockHeaderFormat.KEY),
            image.getInt(BlockHeaderFormat.USED),
            image.getInt(BlockHeaderFormat.DEVICE_ID));
    Node node = create(type, header);
    image
        .slice(NodeFormat.FIRST_ENTRY, BlockHeaderFormat.BODY_BYTES)
        .order(image.order())
        .asLongBuffer()
        .get(node.entries);
    return node;
  }

  @Override
  public long block() {
    return block;
  }

  @Override
  public void encode(ByteBuffer image) {
    for (int i = 0; i < entries.length; i++) {
      image.putLong(NodeFormat.entryOffset(i), entries[i]);
    }
    BlockHeaderFormat.seal(
        image,
        type,
        new BlockHeaderFormat.Header(block, level, sequence, poolId, key, used, deviceId));
  }

  /** The entry at an index; any thread. */
  long entry(int index) {
    return (long) ENTRIES.getAcquire(entries, index);
  }

  /**
   * The first index, from one on, at which this node and another do not hold the same; the number
   * of entries if there is none. Any thread; while a node changes, it tells what was or is, and the
   * caller reads the entries again.
   */
  int firstDifference(Node other, int from) {
    int end = entries.length;
    int found = Arrays.mismatch(entries, from, end, other.entries, from, end);
    return found < 0 ? end : from + found;
  }

  /** The child at an index if it is in memory; any thread. */
  Node child(int index) {
    return (Node) CHILDREN.getAcquire(children, index);
  }

  /** Changes an entry of a leaf. */
  void set(int index, long entry) {
    used += (entry == 0 ? 0 : 1) - (entries[index] == 0 ? 0 : 1);
    ENTRIES.setRelease(entries, index, entry);
  }

  /**
   * Changes a child; null takes it away. Whoever finds no child finds no entry either, unless the
   * file has the child: it comes before its entry, and goes after it.
   */
  synchronized void setChild(int index, Node child) {
    if (child == null) {
      set(index, 0);
      CHILDREN.setRelease(children, index, null);
    } else {
      CHILDREN.setRelease(children, index, child);
      set(index, child.block);
    }
  }

  /**
   * Remembers a child that was read; returns the one to use. If the entry has changed since, the
   * child is the caller's only: it is in flight, so its block still is what it was.
   */
  synchronized Node remember(int index, Node child) {
    Node present = child(index);
    if (present != null) {
      return present;
    }
    if (entries[index] == child.block) {
      CHILDREN.setRelease(children, index, child);
    }
    return child;
  }

  /** Forgets a child that the file has. */
  void forget(int index, Node child) {
    CHILDREN.compareAndSet(children, index, child, null);
  }

  /** Entries that are not empty. */
  int used() {
    return used;
  }

  /** First key behind this node. */
  long end() {
    return key + NodeFormat.span(level + 1);
  }
}
