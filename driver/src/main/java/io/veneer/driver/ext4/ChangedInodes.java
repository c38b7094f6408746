// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.ext4.GroupDescriptorFormat.Group;
import java.nio.ByteBuffer;

/**
 * Finds the inodes that differ between two states of one file system, in the blocks of the inode
 * tables that differ. Whatever happens to a file or directory (new bytes, a new name in it, another
 * owner) stamps its inode, so that what is not found here has not changed.
 *
 * <p>When a file was read last is not looked at: reading changes nothing. One thread.
 */
final class ChangedInodes {
  private final Ext4FileSystem older;
  private final Ext4FileSystem newer;
  private final ChangedRanges ranges;
  private final Geometry geometry;

  ChangedInodes(Ext4FileSystem older, Ext4FileSystem newer, ChangedRanges ranges) {
    this.older = older;
    this.newer = newer;
    this.ranges = ranges;
    this.geometry = newer.geometry();
  }

  /** Tells whether both are states of one file system, whose inodes lie in the same way. */
  static boolean canCompare(Ext4FileSystem older, Ext4FileSystem newer) {
    Geometry one = older.geometry();
    Geometry other = newer.geometry();
    return one.uuid().equals(other.uuid())
        && one.blockBytes() == other.blockBytes()
        && one.inodeBytes() == other.inodeBytes()
        && one.inodesPerGroup() == other.inodesPerGroup();
  }

  void forEach(InodePair visitor) {
    long groups = Math.max(geometry.groups(), older.geometry().groups());
    for (long group = 0; group < groups; group++) {
      visitGroup(group, visitor);
    }
  }

  private void visitGroup(long number, InodePair visitor) {
    boolean inOlder = number < older.geometry().groups();
    boolean inNewer = number < geometry.groups();
    Group was = inOlder ? older.groups().group(number) : null;
    Group is = inNewer ? newer.groups().group(number) : null;
    long first = number * geometry.inodesPerGroup() + 1;
    if (!inOlder || !inNewer || was.tableBlock() != is.tableBlock()) {
      visitInodes(first, first + geometry.inodesPerGroup(), visitor);
      return;
    }
    visitTable(first, is.tableBlock(), visitor);
  }

  private void visitTable(long firstInode, long tableBlock, InodePair visitor) {
    long start = tableBlock * geometry.blockBytes();
    long end = start + geometry.inodesPerGroup() * geometry.inodeBytes();
    long at = ranges.next(start, end);
    while (at < end) {
      long block = at / geometry.blockBytes();
      visitBlock(firstInode + (block - tableBlock) * geometry.inodesPerBlock(), block, visitor);
      at = ranges.next((block + 1) * geometry.blockBytes(), end);
    }
  }

  private void visitBlock(long firstInode, long block, InodePair visitor) {
    if (older.reader().block(block).equals(newer.reader().block(block))) {
      return;
    }
    visitInodes(firstInode, firstInode + geometry.inodesPerBlock(), visitor);
  }

  private void visitInodes(long from, long end, InodePair visitor) {
    for (long number = from; number < end; number++) {
      Inode was = older.usedInode(number);
      Inode is = newer.usedInode(number);
      if ((was != null || is != null) && !isSame(was, is)) {
        visitor.visit(was, is);
      }
    }
  }

  private static boolean isSame(Inode was, Inode is) {
    return was != null && is != null && comparable(was).equals(comparable(is));
  }

  private static ByteBuffer comparable(Inode inode) {
    return InodeFormat.withoutReading(inode.image());
  }
}
