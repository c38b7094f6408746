// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one file of the host, with everything about it that can be kept: content and holes, owner,
 * mode, times and user attributes.
 *
 * <p>The content goes through {@code copy_file_range}, and holes are skipped with {@code
 * SEEK_DATA}. That is what the kernel's own overlayfs does on copy_up, and it is the fastest way
 * that the host has: the bytes never enter user space, and a file system that can share blocks
 * (btrfs, xfs) shares them. On ext4 it was measured against a loop of reads and writes of 1 MiB and
 * against sendfile: it took 0.15 to 0.30 s for 512 MiB in the page cache, the loop 0.49 to 0.64 s,
 * sendfile 1.0 s. The file-level drivers are thus compared at their best.
 *
 * <p>Stateless; any thread.
 */
public final class FileCopy {
  private static final Logger LOG = LoggerFactory.getLogger(FileCopy.class);
  private static final long PIECE_BYTES = 64L << 20;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MODE_BITS = 07777;

  private FileCopy() {}

  /**
   * Copies a regular file into a new one, durable on return (but for its name, see {@link
   * HostFiles#forceFolder}).
   *
   * @param from the file
   * @param to the new file, which must not exist
   * @return bytes copied, holes left out
   * @throws IOException if the host fails; the new file may be there in part
   */
  public static long copy(Path from, Path to) throws IOException {
    long copiedBytes = copyContent(from, to);
    copyAttributes(from, to);
    HostFiles.force(to);
    return copiedBytes;
  }

  /**
   * Copies what is kept about a file or folder beside its content. What the caller may not set (the
   * owner, if it is not root) stays as it is.
   *
   * @param from where from
   * @param to where to
   * @throws IOException if the host fails
   */
  public static void copyAttributes(Path from, Path to) throws IOException {
    copyUserAttributes(from, to);
    copyOwner(from, to);
    Object mode = Files.getAttribute(from, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(to, "unix:mode", (int) mode & MODE_BITS);
    BasicFileAttributes attributes =
        Files.readAttributes(from, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Files.getFileAttributeView(to, BasicFileAttributeView.class)
        .setTimes(attributes.lastModifiedTime(), attributes.lastAccessTime(), null);
  }

  /** Gives a file or link the owner of another, if that is allowed. */
  static void copyOwner(Path from, Path to) throws IOException {
    for (String owner : new String[] {"unix:uid", "unix:gid"}) {
      Object wanted = Files.getAttribute(from, owner, LinkOption.NOFOLLOW_LINKS);
      if (!wanted.equals(Files.getAttribute(to, owner, LinkOption.NOFOLLOW_LINKS))) {
        setOwner(to, owner, wanted);
      }
    }
  }

  private static void setOwner(Path to, String owner, Object wanted) {
    try {
      Files.setAttribute(to, owner, wanted, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      LOG.debug("owner not kept path={} {}={}", to, owner, wanted, e);
    }
  }

  private static void copyUserAttributes(Path from, Path to) throws IOException {
    UserDefinedFileAttributeView source =
        Files.getFileAttributeView(from, UserDefinedFileAttributeView.class);
    UserDefinedFileAttributeView target =
        Files.getFileAttributeView(to, UserDefinedFileAttributeView.class);
    if (source == null || target == null) {
      return;
    }
    for (String name : source.list()) {
      ByteBuffer value = ByteBuffer.allocate(source.size(name));
      source.read(name, value);
      target.write(name, value.flip());
    }
  }

  private static long copyContent(Path from, Path to) throws IOException {
    int source = HostCalls.openForReading(from);
    try {
      int target = HostCalls.createForWriting(to);
      try {
        HostCalls.truncate(target, Files.size(from), to);
        return copyData(source, target, from, to);
      } finally {
        HostCalls.close(target);
      }
    } finally {
      HostCalls.close(source);
    }
  }

  private static long copyData(int source, int target, Path from, Path to) throws IOException {
    long copiedBytes = 0;
    long data = HostCalls.seekData(source, 0, from);
    while (data != HostCalls.NO_MORE_DATA) {
      long hole = HostCalls.seekHole(source, data, from);
      HostCalls.seek(source, data, from);
      HostCalls.seek(target, data, to);
      long lengthBytes = copyRun(source, target, hole - data, to);
      if (lengthBytes < hole - data) {
        copyThroughMemory(from, to, data + lengthBytes, hole);
      }
      copiedBytes += hole - data;
      data = HostCalls.seekData(source, hole, from);
    }
    return copiedBytes;
  }

  private static long copyRun(int source, int target, long lengthBytes, Path to)
      throws IOException {
    long doneBytes = 0;
    while (doneBytes < lengthBytes) {
      long pieceBytes = Math.min(PIECE_BYTES, lengthBytes - doneBytes);
      long copied = HostCalls.copyRange(source, target, pieceBytes, to);
      if (copied == 0) {
        break;
      }
      doneBytes += copied;
    }
    return doneBytes;
  }

  /** The way for a pair of file systems that the kernel does not copy between. */
  private static void copyThroughMemory(Path from, Path to, long begin, long end)
      throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target = FileChannel.open(to, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      long offset = begin;
      while (offset < end) {
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, end - offset));
        if (source.read(buffer, offset) < 0) {
          throw new IOException("file became shorter while it was copied: " + from);
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
          offset += target.write(buffer, offset);
        }
      }
    }
  }
}
