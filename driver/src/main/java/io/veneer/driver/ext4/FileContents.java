// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Where the bytes of inodes lie, and the few that lie in the inode. One thread at a time. */
final class FileContents {
  private final BlockReader reader;
  private final AttributeReader attributes;

  FileContents(BlockReader reader, AttributeReader attributes) {
    this.reader = reader;
    this.attributes = attributes;
  }

  /** The runs of a file or directory whose bytes lie in blocks, ascending. */
  List<Run> runs(Inode inode) {
    if (inode.has(InodeFormat.INLINE_DATA)) {
      return List.of();
    }
    return inode.has(InodeFormat.EXTENTS)
        ? ExtentTree.runs(reader, inode)
        : BlockMap.runs(reader, inode);
  }

  /** The bytes of a file or directory that has them in its inode, as many as there are. */
  byte[] inlineBytes(Inode inode) {
    byte[] rest = attributes.inlineRest(inode);
    byte[] bytes = new byte[InodeFormat.CONTENT_LENGTH + rest.length];
    inode.image().get(InodeFormat.CONTENT_AT, bytes, 0, InodeFormat.CONTENT_LENGTH);
    System.arraycopy(rest, 0, bytes, InodeFormat.CONTENT_LENGTH, rest.length);
    return inode.isDirectory()
        ? bytes
        : Arrays.copyOf(bytes, (int) Math.min(bytes.length, inode.sizeBytes()));
  }

  FileContent open(Inode inode) {
    if (inode.has(InodeFormat.INLINE_DATA)) {
      return new FileContent(reader, inode, List.of(), inlineBytes(inode));
    }
    return new FileContent(reader, inode, runs(inode), new byte[0]);
  }

  static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
