// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import io.veneer.driver.NodeType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one file of the host, with everything about it that can be kept: content and holes, owner,
 * mode, times and extended attributes.
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
   * Copies whatever is no folder: a file as {@link #copy}, a link with its target, a device or pipe
   * by making another of its kind.
   *
   * @param from the file
   * @param to the new file, which must not exist
   * @return bytes of content copied, holes left out
   * @throws IOException if the host fails, or refuses to make a device
   */
  public static long copyNode(Path from, Path to) throws IOException {
    FileStatus status = FileStatus.of(from);
    if (status.isFile()) {
      return copy(from, to);
    }
    if (status.type() == NodeType.LINK) {
      HostNodes.makeLink(to, HostNodes.readLink(from));
    } else {
      HostNodes.make(to, status.type(), status.permissions(), status.deviceNumber());
    }
    copyAttributes(from, to);
    return 0;
  }

  /**
   * Makes a new file that shares all blocks of a regular file, where the file system can; durable
   * on return as with {@link #copy}.
   *
   * @param from the file
   * @param to the new file, which must not exist
   * @throws IOException if the host fails, or the file system cannot share blocks between files
   */
  public static void clone(Path from, Path to) throws IOException {
    int source = HostCalls.openForReading(from);
    try {
      int target = HostCalls.createForWriting(to);
      try {
        if (Files.size(from) > 0) {
          HostCalls.cloneFile(source, target, to);
        }
      } finally {
        HostCalls.close(target);
      }
    } finally {
      HostCalls.close(source);
    }
    copyAttributes(from, to);
    HostFiles.force(to);
  }

  /**
   * Copies what is kept about a file, folder, link or device beside its content: owner, mode, times
   * and extended attributes, but for those of overlayfs itself. What only root may set stays as it
   * is for others.
   *
   * @param from where from
   * @param to where to
   * @throws IOException if the host fails
   */
  public static void copyAttributes(Path from, Path to) throws IOException {
    FileStatus status = FileStatus.of(from);
    // In this order: a new owner clears setuid bits and file capabilities.
    copyOwner(status, to);
    copyExtendedAttributes(from, to);
    if (status.type() != NodeType.LINK) {
      HostNodes.setPermissions(to, status.permissions());
    }
    HostNodes.setTimes(to, status.accessed(), status.modified());
  }

  private static void copyOwner(FileStatus from, Path to) throws IOException {
    FileStatus now = FileStatus.of(to);
    if (now.owner() == from.owner() && now.group() == from.group()) {
      return;
    }
    try {
      HostNodes.setOwner(to, from.owner(), from.group());
    } catch (AccessDeniedException e) {
      passOver(e, "owner", to);
    }
  }

  private static void copyExtendedAttributes(Path from, Path to) throws IOException {
    for (Map.Entry<String, byte[]> each : HostNodes.attributes(from).entrySet()) {
      if (OverlayMarks.isMark(each.getKey())) {
        continue;
      }
      try {
        HostNodes.setAttribute(to, each.getKey(), each.getValue());
      } catch (AccessDeniedException e) {
        passOver(e, each.getKey(), to);
      }
    }
  }

  private static void passOver(AccessDeniedException e, String what, Path to)
      throws AccessDeniedException {
    if (HostNodes.isRoot()) {
      throw e;
    }
    LOG.debug("{} not kept path={}", what, to, e);
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
