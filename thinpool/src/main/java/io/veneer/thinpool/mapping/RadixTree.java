// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.format.NodeFormat;

/**
 * A tree from keys (virtual blocks, device ids) to 64-bit entries: a page table of fan-out 504,
 * only as high as its highest key needs.
 *
 * <p>{@link #get} and the walks may run on any thread beside changes; the thread must be {@link
 * io.veneer.thinpool.transaction.InFlight in flight}, so that the blocks of nodes that it came to
 * are not reused. Changes happen under the metadata lock, after the allocator made sure of {@link
 * #NODES_PER_CHANGE} blocks.
 */
final class RadixTree {
  /** Blocks that one change can take: a shadow of each level, new levels on top, a new path. */
  static final int NODES_PER_CHANGE = 2 * (NodeFormat.LEVEL_MAX + 1);

  private static final int FAN_OUT = NodeFormat.ENTRIES;

  private final NodeStore store;
  private final int deviceId;
  private volatile Node root;

  /** Where the root stands while it was not read yet, or 0; read when first needed. */
  private volatile long unreadRoot;

  private int unreadLevel;

  RadixTree(NodeStore store, int deviceId, Node root) {
    this.store = store;
    this.deviceId = deviceId;
    this.root = root;
  }

  /** The tree with a root on disk; block 0 is the empty tree. Reads nothing yet. */
  static RadixTree open(NodeStore store, int deviceId, long rootBlock, int level) {
    RadixTree tree = new RadixTree(store, deviceId, null);
    tree.unreadLevel = level;
    tree.unreadRoot = rootBlock;
    return tree;
  }

  /** Nobody else can change the root before it was read, so it is read once, and by any thread. */
  private synchronized Node readRoot() {
    if (unreadRoot != 0) {
      root = store.load(unreadRoot, unreadLevel, 0);
      unreadRoot = 0;
    }
    return root;
  }

  /** A tree of another device with the same content. O(1). */
  RadixTree share(int otherDeviceId) {
    Node shared = root();
    if (shared != null) {
      store.share(shared);
    }
    return new RadixTree(store, otherDeviceId, shared);
  }

  /**
   * The root, or null. Once the root was read it is set before {@link #unreadRoot} is cleared, so
   * whoever sees neither looks again at the one that was set first.
   */
  Node root() {
    Node node = root;
    if (node != null) {
      return node;
    }
    return unreadRoot == 0 ? root : readRoot();
  }

  /** The root's block, or 0; does not read it. */
  long rootBlock() {
    long unread = unreadRoot;
    if (unread != 0) {
      return unread;
    }
    Node node = root;
    return node == null ? 0 : node.block();
  }

  int rootLevel() {
    if (unreadRoot != 0) {
      return unreadLevel;
    }
    Node node = root;
    return node == null ? 0 : node.level;
  }

  /** The entry of a key, or 0. */
  long get(long key) {
    Node node = root();
    if (node == null || key >= node.end()) {
      return 0;
    }
    while (node.level > 0) {
      int index = index(node, key);
      Node child = node.child(index);
      if (child == null) {
        child = store.child(node, index);
        if (child == null) {
          return 0;
        }
      }
      node = child;
    }
    return node.entry((int) (key - node.key));
  }

  /** Where a key lies in a node; the divisors are constants so that no division is left. */
  private static int index(Node node, long key) {
    long within = key - node.key;
    switch (node.level) {
      case 0:
        return (int) within;
      case 1:
        return (int) (within / FAN_OUT);
      case 2:
        return (int) (within / (FAN_OUT * FAN_OUT));
      default:
        return (int) (within / ((long) FAN_OUT * FAN_OUT * FAN_OUT));
    }
  }

  /** Sets the entry of a key; returns the old one. */
  long put(long key, long entry) {
    Node node = writableRoot(key);
    while (node.level > 0) {
      int index = index(node, key);
      Node child = store.child(node, index);
      Node next = child == null ? createChild(node, index) : store.writable(child, deviceId);
      if (next != child) {
        node.setChild(index, next);
      }
      node = next;
    }
    int index = index(node, key);
    long old = node.entry(index);
    node.set(index, entry);
    return old;
  }

  private Node createChild(Node parent, int index) {
    long key = parent.key + index * NodeFormat.span(parent.level);
    return store.create(parent.level - 1, key, deviceId);
  }

  private Node writableRoot(long key) {
    Node old = root();
    Node node =
        old == null
            ? store.create(NodeFormat.levelFor(key + 1), 0, deviceId)
            : store.writable(old, deviceId);
    while (key >= node.end()) {
      Node higher = store.create(node.level + 1, 0, deviceId);
      higher.setChild(0, node);
      node = higher;
    }
    root = node;
    return node;
  }

  /** Makes a key's entry empty; nodes that become empty go. Returns the old entry. */
  long clear(long key) {
    if (get(key) == 0) {
      return 0;
    }
    Path path = new Path(key, 0);
    long old = path.last().entry(index(path.last(), key));
    path.last().set(index(path.last(), key), 0);
    path.prune();
    return old;
  }

  /** Takes the leaf that holds a key out of the tree, with all that it refers to. */
  void removeLeaf(Node leaf) {
    if (root.level == 0) {
      store.drop(root);
      root = null;
      return;
    }
    Path path = new Path(leaf.key, 1);
    int index = index(path.last(), leaf.key);
    Node child = store.child(path.last(), index);
    path.last().setChild(index, null);
    path.prune();
    store.drop(child);
  }

  /**
   * Gives back a part of a tree that nobody uses any more: what it shares at once, what it alone
   * holds leaf by leaf. Returns true when nothing is left.
   */
  boolean trim(int leaves) {
    for (int i = 0; i < leaves && root() != null; i++) {
      removeFirst();
    }
    return root() == null;
  }

  /** Takes the first leaf out, or the first subtree that is shared, without reading that. */
  private void removeFirst() {
    Node node = root();
    if (node.level == 0 || store.isShared(node.block())) {
      root = null;
      store.drop(node);
      return;
    }
    int index = firstUsed(node);
    while (node.level > 1 && !store.isShared(node.entry(index))) {
      node = store.child(node, index);
      index = firstUsed(node);
    }
    ChildReference child = new ChildReference(node, index);
    Path path = new Path(child.key(), node.level);
    path.last().setChild(index, null);
    path.prune();
    store.drop(child);
  }

  private static int firstUsed(Node node) {
    int index = 0;
    while (node.entry(index) == 0) {
      index++;
    }
    return index;
  }

  /** The first leaf that ends behind a key, or null. */
  Node leafFrom(long key) {
    Node node = root();
    return node == null || key >= node.end() ? null : leafFrom(node, key);
  }

  private Node leafFrom(Node node, long key) {
    if (node.level == 0) {
      return node;
    }
    for (int i = index(node, Math.max(key, node.key)); i < FAN_OUT; i++) {
      Node child = store.child(node, i);
      Node leaf = child == null ? null : leafFrom(child, key);
      if (leaf != null) {
        return leaf;
      }
    }
    return null;
  }

  /** One past the highest key that has an entry, or 0. */
  long highestEnd() {
    Node node = root();
    while (node != null) {
      int last = FAN_OUT - 1;
      while (last >= 0 && node.entry(last) == 0) {
        last--;
      }
      if (last < 0 || node.level == 0) {
        return last < 0 ? 0 : node.key + last + 1;
      }
      node = store.child(node, last);
    }
    return 0;
  }

  /** Whether another tree has a node on the way to a key, too. */
  boolean isPathShared(long key) {
    Node node = root();
    while (node != null && !store.isShared(node.block())) {
      node = node.level == 0 ? null : store.child(node, index(node, key));
    }
    return node != null;
  }

  /** Whether every node on the way to a key belongs to this tree alone, now and after a crash. */
  boolean isPathExclusive(long key) {
    Node node = root();
    while (store.isExclusive(node)) {
      if (node.level == 0) {
        return true;
      }
      node = store.child(node, index(node, key));
    }
    return false;
  }

  /** Forgets what the file has; it is read again when needed. Any thread. */
  void forgetClean() {
    Node node = root;
    if (node != null) {
      forgetClean(node, store.durableSequence());
    }
  }

  private static void forgetClean(Node node, long durable) {
    for (int i = 0; node.level > 0 && i < FAN_OUT; i++) {
      Node child = node.child(i);
      if (child != null && child.sequence <= durable) {
        node.forget(i, child);
      } else if (child != null) {
        forgetClean(child, durable);
      }
    }
  }

  NodeStore store() {
    return store;
  }

  /** The writable nodes from the root down to a level, on the way to a key that has an entry. */
  private final class Path {
    private final Node[] nodes;
    private final long key;
    private int depth;

    Path(long key, int toLevel) {
      this.key = key;
      this.nodes = new Node[root.level + 1];
      Node node = store.writable(root, deviceId);
      root = node;
      nodes[0] = node;
      while (node.level > toLevel) {
        int index = index(node, key);
        Node child = store.child(node, index);
        Node next = store.writable(child, deviceId);
        if (next != child) {
          node.setChild(index, next);
        }
        nodes[++depth] = next;
        node = next;
      }
    }

    Node last() {
      return nodes[depth];
    }

    /** Takes empty nodes out, from the last one up. */
    void prune() {
      int at = depth;
      while (at > 0 && nodes[at].used() == 0) {
        nodes[at - 1].setChild(index(nodes[at - 1], key), null);
        store.drop(nodes[at]);
        at--;
      }
      if (at == 0 && nodes[0].used() == 0) {
        root = null;
        store.drop(nodes[0]);
      }
    }
  }
}
