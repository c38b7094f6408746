// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Reads the entries of directories, in the order in which they lie. One thread at a time.
 *
 * <p>A block that a directory has twice is damage; so a directory costs at most what the device
 * holds.
 */
final class Directory {
  private static final String SELF = ".";
  private static final String PARENT = "..";

  private final BlockReader reader;
  private final FileContents contents;
  private final boolean typed;

  Directory(BlockReader reader, FileContents contents, Geometry geometry) {
    this.reader = reader;
    this.contents = contents;
    this.typed = geometry.has(Features.FILE_TYPE);
  }

  /** Visits every entry but those for the directory itself and its parent. */
  void forEach(Inode directory, Consumer<DirectoryEntry> visitor) {
    forAll(
        directory,
        entry -> {
          if (!entry.name().equals(SELF) && !entry.name().equals(PARENT)) {
            Damage.unless(
                isName(entry.name()),
                "name in a directory",
                directory.number(),
                "of",
                entry.inode());
            visitor.accept(entry);
          }
        });
  }

  /** The inode number of the directory's parent; its own for the root. */
  long parentOf(Inode directory) {
    if (directory.has(InodeFormat.INLINE_DATA)) {
      return Field.u32(directory.image(), InodeFormat.CONTENT_AT);
    }
    long[] parent = {0};
    var runs = contents.runs(directory);
    Damage.unless(
        !runs.isEmpty() && runs.get(0).logical() == 0,
        "empty directory",
        directory.number(),
        "runs",
        runs.size());
    ByteBuffer first = reader.block(runs.get(0).physical());
    visit(
        directory,
        first,
        0,
        entry -> {
          if (entry.name().equals(PARENT)) {
            parent[0] = entry.inode();
          }
        });
    Damage.unless(parent[0] != 0, "directory without parent", directory.number(), "parent", 0);
    return parent[0];
  }

  private void forAll(Inode directory, Consumer<DirectoryEntry> visitor) {
    if (directory.has(InodeFormat.INLINE_DATA)) {
      visitInline(directory, visitor);
      return;
    }
    Roaring64Bitmap visited = new Roaring64Bitmap();
    for (Run run : contents.runs(directory)) {
      for (long i = 0; i < run.length() && run.written(); i++) {
        long block = run.physical() + i;
        Damage.unless(
            !visited.contains(block), "directory block twice", directory.number(), "block", block);
        visited.addLong(block);
        visit(directory, reader.block(block), 0, visitor);
      }
    }
  }

  /** Entries lie in two parts, the content field and an attribute; none goes across. */
  private void visitInline(Inode directory, Consumer<DirectoryEntry> visitor) {
    byte[] bytes = contents.inlineBytes(directory);
    int inInode = Math.min(bytes.length, InodeFormat.CONTENT_LENGTH);
    visit(
        directory,
        FileContents.littleEndian(bytes).limit(inInode),
        DirectoryFormat.INLINE_PARENT_LENGTH,
        visitor);
    if (bytes.length > inInode) {
      visit(directory, FileContents.littleEndian(bytes), inInode, visitor);
    }
  }

  private void visit(
      Inode directory, ByteBuffer entries, int start, Consumer<DirectoryEntry> visitor) {
    int end = entries.limit();
    for (int at = start; at < end; ) {
      int length = DirectoryFormat.length(entries, at, end, directory.number());
      long inode = DirectoryFormat.inode(entries, at);
      if (inode != 0) {
        visitor.accept(entry(directory, entries, at, length));
      }
      at += length;
    }
  }

  private DirectoryEntry entry(Inode directory, ByteBuffer entries, int at, int length) {
    int nameLength = DirectoryFormat.nameLength(entries, at, typed);
    Damage.unless(
        nameLength > 0
            && nameLength <= DirectoryFormat.NAME_BYTES_MAX
            && nameLength <= length - DirectoryFormat.NAME_AT,
        "length of a name",
        directory.number(),
        "nameLength",
        nameLength);
    byte[] name = new byte[nameLength];
    entries.get(at + DirectoryFormat.NAME_AT, name);
    return new DirectoryEntry(
        FileName.decode(name),
        DirectoryFormat.inode(entries, at),
        typed ? DirectoryFormat.type(entries, at) : null);
  }

  /** No name may lead anywhere else. */
  private static boolean isName(String name) {
    return name.indexOf('/') < 0 && name.indexOf('\0') < 0;
  }
}
