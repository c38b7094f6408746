// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of a regular file, or of a link whose target does not fit into its inode. One thread at
 * a time, and not beside another use of the same file system.
 */
public final class FileContent {
  private final BlockReader reader;
  private final Inode inode;
  private final List<Run> runs;

  /** The bytes that lie in the inode, where there are no runs. */
  private final byte[] inline;

  FileContent(BlockReader reader, Inode inode, List<Run> runs, byte[] inline) {
    this.reader = reader;
    this.inode = inode;
    this.runs = runs;
    this.inline = inline;
  }

  /**
   * The size.
   *
   * @return size in bytes, holes included
   */
  public long sizeBytes() {
    return inode.sizeBytes();
  }

  /**
   * Fills a buffer from the file, as far as the file goes.
   *
   * @param offset first byte, 0 or more
   * @param target where the bytes go; its position moves by what was read
   * @return bytes read: what remained in the target, or less where the file ends before
   */
  public int read(long offset, ByteBuffer target) {
    long inFile = Math.max(0, sizeBytes() - offset);
    int count = (int) Math.min(target.remaining(), inFile);
    ByteBuffer part = target.slice().limit(count);
    if (inline.length > 0) {
      int inInode = (int) Math.max(0, Math.min(count, inline.length - offset));
      part.put(inline, (int) Math.min(offset, inline.length), inInode);
    } else {
      readRuns(offset, part);
    }
    zero(part, part.remaining());
    target.position(target.position() + count);
    return count;
  }

  private void readRuns(long offset, ByteBuffer part) {
    long at = offset;
    for (int i = firstRunEndingBehind(offset); i < runs.size() && part.hasRemaining(); i++) {
      Run run = runs.get(i);
      long start = run.logical() * reader.blockBytes();
      long hole = Math.min(part.remaining(), Math.max(0, start - at));
      zero(part, (int) hole);
      at += hole;
      long end = run.endLogical() * reader.blockBytes();
      int count = (int) Math.min(part.remaining(), end - at);
      if (count > 0) {
        readRun(run, at - start, part, count);
        at += count;
      }
    }
  }

  private void readRun(Run run, long skipBytes, ByteBuffer part, int count) {
    if (!run.written()) {
      zero(part, count);
      return;
    }
    int limit = part.limit();
    part.limit(part.position() + count);
    reader.read(run.physical(), skipBytes, part);
    part.limit(limit);
  }

  private int firstRunEndingBehind(long offset) {
    long block = offset / reader.blockBytes();
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs.get(middle).endLogical() <= block) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static void zero(ByteBuffer target, int count) {
    for (int i = 0; i < count; i++) {
      target.put((byte) 0);
    }
  }

  /**
   * Finds the next byte that may be other than zero, so that holes can be passed over.
   *
   * @param offset first byte to look at, 0 or more
   * @return an offset from there on, before which all bytes are zero; the size if there is none
   */
  public long nextData(long offset) {
    if (inline.length > 0) {
      return Math.min(offset, sizeBytes());
    }
    for (int i = firstRunEndingBehind(offset); i < runs.size(); i++) {
      Run run = runs.get(i);
      if (run.written()) {
        return Math.min(sizeBytes(), Math.max(offset, run.logical() * reader.blockBytes()));
      }
    }
    return sizeBytes();
  }

  /**
   * Finds the end of the data that a byte lies in.
   *
   * @param offset a byte that {@link #nextData} answered
   * @return the next byte that is in a hole, or the size
   */
  public long nextHole(long offset) {
    if (inline.length > 0) {
      return sizeBytes();
    }
    long at = offset;
    for (int i = firstRunEndingBehind(offset); i < runs.size(); i++) {
      Run run = runs.get(i);
      if (!run.written() || run.logical() * reader.blockBytes() > at) {
        break;
      }
      at = run.endLogical() * reader.blockBytes();
    }
    return Math.min(sizeBytes(), at);
  }

  /** Where the bytes lie, or empty if they lie in the inode. */
  List<Run> runs() {
    return runs;
  }
}
