// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Which inodes changed, and which directories lie above them: where two trees are equal for sure,
 * nobody needs to look.
 *
 * <p>What holds: a directory of the newer tree that is not in {@link #mayDifferBelow} and has the
 * same inode in the older tree shows the same there, down to the last leaf. For a name that came or
 * went changed its directory; a file that changed is below a directory that named it before, or
 * below one that changed; and all that lies above either is marked. One thread.
 */
final class Suspects {
  private final Roaring64Bitmap changed = new Roaring64Bitmap();
  private final Roaring64Bitmap above = new Roaring64Bitmap();
  private final boolean everything;

  private Suspects(boolean everything) {
    this.everything = everything;
  }

  /** Where nothing is known: everything may differ. */
  static Suspects everything() {
    return new Suspects(true);
  }

  /**
   * Those of two states of one file system.
   *
   * @param index parents of the older one; asked for only if it is needed
   */
  static Suspects find(
      Ext4FileSystem older,
      Ext4FileSystem newer,
      ChangedRanges ranges,
      Supplier<ParentIndex> index) {
    Suspects suspects = new Suspects(false);
    List<Long> changedFiles = new ArrayList<>();
    new ChangedInodes(older, newer, ranges)
        .forEach(
            (was, is) -> {
              suspects.add(was, is, newer);
              if (is != null && was != null && !was.isDirectory()) {
                changedFiles.add(was.number());
              }
            });
    if (!changedFiles.isEmpty()) {
      suspects.addNamesOf(changedFiles, newer, index.get());
    }
    return suspects;
  }

  private void add(Inode was, Inode is, Ext4FileSystem newer) {
    changed.addLong((was == null ? is : was).number());
    if (is != null && is.isDirectory()) {
      markUpwards(is, newer);
    }
  }

  private void addNamesOf(List<Long> files, Ext4FileSystem newer, ParentIndex index) {
    for (long file : files) {
      for (long parent : index.parentsOf(file)) {
        Inode directory = newer.usedInode(parent);
        if (directory != null && directory.isDirectory()) {
          markUpwards(directory, newer);
        }
      }
    }
  }

  private void markUpwards(Inode directory, Ext4FileSystem newer) {
    Inode at = directory;
    while (!above.contains(at.number())) {
      above.addLong(at.number());
      at = newer.inode(newer.parentOf(at));
    }
  }

  boolean mayHaveChanged(long inode) {
    return everything || changed.contains(inode);
  }

  boolean mayDifferBelow(long directory) {
    return everything || above.contains(directory);
  }
}
