// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Tells in which directories a file has its names: what an ext4 inode does not know. (A directory
 * knows, by its entry {@code ..}.) Made by reading the directories of a file system and nothing
 * else; about 8 bytes a name. Cannot be changed; any thread.
 */
public final class ParentIndex {
  /** Inodes of files and of the directories that name them, sorted by file. */
  private final long[] pairs;

  private ParentIndex(long[] pairs) {
    this.pairs = pairs;
  }

  /**
   * Reads all directories of a file system.
   *
   * @param fileSystem one that does not change
   * @return the index
   */
  public static ParentIndex of(Ext4FileSystem fileSystem) {
    Builder builder = new Builder(fileSystem);
    builder.run();
    long[] pairs = Arrays.copyOf(builder.pairs, builder.count);
    Arrays.sort(pairs);
    return new ParentIndex(pairs);
  }

  /**
   * How many names of files it knows.
   *
   * @return names, those of directories left out
   */
  public int names() {
    return pairs.length;
  }

  /** The directories that name a file, one twice if it does so twice. */
  long[] parentsOf(long inode) {
    int from = Arrays.binarySearch(pairs, pair(inode, 0));
    from = from < 0 ? -from - 1 : from;
    int end = from;
    while (end < pairs.length && pairs[end] >>> Integer.SIZE == inode) {
      end++;
    }
    return Arrays.stream(pairs, from, end).map(each -> each & 0xffff_ffffL).toArray();
  }

  /** Inode numbers have 32 bits; as file numbers come first, pairs sort by them. */
  private static long pair(long inode, long parent) {
    return inode << Integer.SIZE | parent;
  }

  private static final class Builder {
    private static final int PAIRS_AT_FIRST = 1024;

    private final Ext4FileSystem fileSystem;
    private final Deque<Long> directories = new ArrayDeque<>();
    private final Roaring64Bitmap visited = new Roaring64Bitmap();
    private long[] pairs = new long[PAIRS_AT_FIRST];
    private int count;

    Builder(Ext4FileSystem fileSystem) {
      this.fileSystem = fileSystem;
    }

    void run() {
      directories.push(Inode.ROOT);
      while (!directories.isEmpty()) {
        long number = directories.pop();
        Damage.unless(!visited.contains(number), "directory has two names", "inode", number);
        visited.addLong(number);
        fileSystem.list(fileSystem.inode(number), entry -> add(entry, number));
      }
    }

    private void add(DirectoryEntry entry, long parent) {
      FileType type = entry.type() == null ? typeOf(entry) : entry.type();
      if (type == FileType.DIRECTORY) {
        directories.push(entry.inode());
        return;
      }
      if (count == pairs.length) {
        pairs = Arrays.copyOf(pairs, count * 2);
      }
      pairs[count++] = pair(entry.inode(), parent);
    }

    private FileType typeOf(DirectoryEntry entry) {
      return fileSystem.inode(entry.inode()).type();
    }
  }
}
