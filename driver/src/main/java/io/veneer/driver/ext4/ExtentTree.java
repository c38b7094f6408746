// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a file's tree of extents. Entries must ascend without overlap, and stay in the range that
 * the entry above gives them; so no node can be met twice, and the work is bounded by the nodes
 * that there are. No file has more blocks than the device. One thread at a time.
 */
final class ExtentTree {
  private final BlockReader reader;
  private final long inode;
  private final List<Run> runs = new ArrayList<>();

  /** Blocks of the file below this one are read. */
  private long nextLogical;

  private long mapped;

  private ExtentTree(BlockReader reader, long inode) {
    this.reader = reader;
    this.inode = inode;
  }

  /** The runs of a file, ascending. */
  static List<Run> runs(BlockReader reader, Inode inode) {
    ExtentTree tree = new ExtentTree(reader, inode.number());
    ByteBuffer root = inode.image();
    int depth = ExtentFormat.depth(root, InodeFormat.CONTENT_AT);
    Damage.unless(
        depth <= ExtentFormat.DEPTH_MAX, "tree of extents", inode.number(), "depth", depth);
    tree.visit(new Node(root, InodeFormat.CONTENT_AT, InodeFormat.CONTENT_LENGTH, depth), 1L << 32);
    return tree.runs;
  }

  private record Node(ByteBuffer bytes, int at, int lengthBytes, int depth) {}

  private void visit(Node node, long endLogical) {
    int entries = ExtentFormat.entries(node.bytes, node.at, node.lengthBytes, inode);
    int depth = ExtentFormat.depth(node.bytes, node.at);
    Damage.unless(depth == node.depth, "level of a node of extents", inode, "depth", depth);
    for (int i = 0; i < entries; i++) {
      int entry = ExtentFormat.entryAt(node.at, i);
      if (node.depth == 0) {
        add(ExtentFormat.run(node.bytes, entry), endLogical);
      } else {
        int next = ExtentFormat.entryAt(node.at, i + 1);
        descend(node, entry, i + 1 < entries ? ExtentFormat.logical(node.bytes, next) : endLogical);
      }
    }
  }

  private void descend(Node node, int entry, long end) {
    long logical = ExtentFormat.logical(node.bytes, entry);
    checkOrder(logical, end);
    nextLogical = logical;
    long child = ExtentFormat.child(node.bytes, entry);
    int runsBefore = runs.size();
    visit(new Node(reader.block(child), 0, reader.blockBytes(), node.depth - 1), end);
    Damage.unless(runs.size() > runsBefore, "empty node of extents", inode, "block", child);
  }

  private void add(Run run, long endLogical) {
    checkOrder(run.logical(), endLogical);
    Damage.unless(
        run.length() > 0 && run.endLogical() <= endLogical,
        "length of an extent",
        inode,
        "length",
        run.length());
    reader.checkRange(run.physical(), run.length());
    mapped += run.length();
    Damage.unless(mapped <= reader.blocks(), "more blocks than there are", inode, "blocks", mapped);
    nextLogical = run.endLogical();
    runs.add(run);
  }

  private void checkOrder(long logical, long endLogical) {
    Damage.unless(
        logical >= nextLogical && logical < endLogical,
        "order of extents",
        inode,
        "logicalBlock",
        logical);
  }
}
