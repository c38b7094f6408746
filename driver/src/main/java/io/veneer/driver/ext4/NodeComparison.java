// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * Tells whether what two trees have at one path is the same: type, permissions, owner, group,
 * extended attributes, and of what is no directory the time of its last change, its size and its
 * content. How many names a file has is not its own.
 *
 * <p>Content is read only where neither size nor time tells, and only where it may differ. One
 * thread.
 */
final class NodeComparison {
  private static final int PIECE_BYTES = 64 << 10;

  private final Ext4FileSystem older;
  private final Ext4FileSystem newer;

  /** Where the devices may differ, or null if that is not known. */
  private final ChangedRanges ranges;

  NodeComparison(Ext4FileSystem older, Ext4FileSystem newer, ChangedRanges ranges) {
    this.older = older;
    this.newer = newer;
    this.ranges = ranges;
  }

  boolean isSame(Inode was, Inode is) {
    return was.type() == is.type()
        && was.permissions() == is.permissions()
        && was.owner() == is.owner()
        && was.group() == is.group()
        && (was.isDirectory() || isSameFile(was, is))
        && isSameAttributes(older.attributes(was), newer.attributes(is));
  }

  private boolean isSameFile(Inode was, Inode is) {
    if (!was.modified().equals(is.modified())) {
      return false;
    }
    return switch (was.type()) {
      case REGULAR -> was.sizeBytes() == is.sizeBytes() && isSameContent(was, is);
      case LINK -> older.target(was).equals(newer.target(is));
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          was.deviceMajor() == is.deviceMajor() && was.deviceMinor() == is.deviceMinor();
      default -> true;
    };
  }

  private static boolean isSameAttributes(
      SortedMap<String, byte[]> was, SortedMap<String, byte[]> is) {
    return was.keySet().equals(is.keySet())
        && was.entrySet().stream()
            .allMatch(each -> Arrays.equals(each.getValue(), is.get(each.getKey())));
  }

  private boolean isSameContent(Inode was, Inode is) {
    FileContent one = older.open(was);
    FileContent other = newer.open(is);
    if (ranges != null && isUntouched(one.runs(), other.runs())) {
      return true;
    }
    ByteBuffer left = ByteBuffer.allocate(PIECE_BYTES);
    ByteBuffer right = ByteBuffer.allocate(PIECE_BYTES);
    long at = Math.min(one.nextData(0), other.nextData(0));
    while (at < one.sizeBytes()) {
      one.read(at, left.clear());
      other.read(at, right.clear());
      if (!left.flip().equals(right.flip())) {
        return false;
      }
      at += PIECE_BYTES;
      at = Math.min(one.nextData(at), other.nextData(at));
    }
    return true;
  }

  /** Whether both lie in the same blocks, and none of those may differ. */
  private boolean isUntouched(List<Run> was, List<Run> is) {
    if (was.isEmpty() || !was.equals(is)) {
      return false;
    }
    int blockBytes = newer.reader().blockBytes();
    for (Run run : is) {
      long start = run.physical() * blockBytes;
      long end = start + run.length() * blockBytes;
      if (ranges.next(start, end) < end) {
        return false;
      }
    }
    return true;
  }
}
