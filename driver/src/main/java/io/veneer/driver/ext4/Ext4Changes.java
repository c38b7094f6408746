// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * How one tree differs from an older one, as {@link io.veneer.driver.StorageDriver#changes} defines
 * it.
 *
 * <p>What is MODIFIED differs in type, permissions, owner, group, extended attributes or, if it is
 * no directory, in size, content or the time of its last change. A directory is MODIFIED also if
 * anything below it is told. Neither when something was read nor when its inode was last touched is
 * looked at.
 *
 * <p>Cannot be changed; any thread.
 */
public final class Ext4Changes {
  private final List<Change> changes;

  /** What the newer tree has at each; 0 where it has nothing. */
  private final long[] inodes;

  private final long contentBytes;

  private Ext4Changes(Collector collector) {
    collector.found.sort(Comparator.comparing(Found::change));
    this.changes = collector.found.stream().map(Found::change).toList();
    this.inodes = collector.found.stream().mapToLong(Found::inode).toArray();
    this.contentBytes = collector.contentBytes;
  }

  private record Found(Change change, long inode) {}

  /**
   * Everything that is in a tree.
   *
   * @param newer the tree
   * @return everything as ADDED
   */
  public static Ext4Changes fromNothing(Ext4FileSystem newer) {
    Collector collector = new Collector();
    TreeComparison.addAll(newer, collector);
    return new Ext4Changes(collector);
  }

  /**
   * Walks both trees and compares them path by path; costs what is in them.
   *
   * @param older the tree before
   * @param newer the tree now
   * @return the differences
   */
  public static Ext4Changes byWalking(Ext4FileSystem older, Ext4FileSystem newer) {
    return compare(older, newer, Suspects.everything(), null);
  }

  /**
   * Looks only where blocks differ; costs what changed. Gives the same as walking.
   *
   * @param older the file system before
   * @param newer a later state of it; any other file system is compared by walking
   * @param ranges where the newer device may differ from the older
   * @param olderIndex gives the index of the older one; asked for when a file changed
   * @return the differences
   */
  public static Ext4Changes fromBlocks(
      Ext4FileSystem older,
      Ext4FileSystem newer,
      ChangedRanges ranges,
      Supplier<ParentIndex> olderIndex) {
    if (!ChangedInodes.canCompare(older, newer)) {
      return byWalking(older, newer);
    }
    int blockBytes = newer.geometry().blockBytes();
    older.reader().replayedBlocks().forEach(block -> ranges.addBlock(block, blockBytes));
    newer.reader().replayedBlocks().forEach(block -> ranges.addBlock(block, blockBytes));
    Suspects suspects = Suspects.find(older, newer, ranges, olderIndex);
    return compare(older, newer, suspects, ranges);
  }

  private static Ext4Changes compare(
      Ext4FileSystem older, Ext4FileSystem newer, Suspects suspects, ChangedRanges ranges) {
    Collector collector = new Collector();
    NodeComparison nodes = new NodeComparison(older, newer, ranges);
    new TreeComparison(older, newer, suspects, nodes, collector).run();
    return new Ext4Changes(collector);
  }

  /**
   * The differences.
   *
   * @return in the order of the paths; the root itself is never among them
   */
  public List<Change> list() {
    return changes;
  }

  /**
   * How long the files are that are new or changed.
   *
   * @return bytes, holes included; each file once however many names it has
   */
  public long contentBytes() {
    return contentBytes;
  }

  /**
   * Tells what the newer tree has at one of the changes.
   *
   * @param change one of {@link #list}
   * @return the number of the inode; 0 if there is none
   */
  public long inodeOf(Change change) {
    int place = Collections.binarySearch(changes, change);
    return place < 0 ? 0 : inodes[place];
  }

  private static final class Collector implements ChangeVisitor {
    private final List<Found> found = new ArrayList<>();
    private final Roaring64Bitmap counted = new Roaring64Bitmap();
    private long contentBytes;

    @Override
    public void visit(Change change, Inode inode) {
      found.add(new Found(change, inode == null ? 0 : inode.number()));
      boolean file = change.kind() != ChangeKind.DELETED && inode.type() == FileType.REGULAR;
      if (file && !counted.contains(inode.number())) {
        counted.addLong(inode.number());
        contentBytes += inode.sizeBytes();
      }
    }
  }
}
