// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.ByteBuffer;
import net.openhft.chronicle.core.OS;

/**
 * The metadata file on the host: read through memory mappings, written with positional writes,
 * which answer a full or broken disk with an errno where a store into a mapping would raise a
 * signal. Both see the same pages, so a read sees every write before it.
 *
 * <p>The file is as long as what was reserved or written, sparse, and mapped piece by piece where
 * it is read. Its length is asked for before each read, because touching a page beyond the end is a
 * fault; a file that somebody else cuts off thus reads as zeroes, which no block is.
 *
 * <p>Threads: as the interface says. Owns the file and its mappings.
 */
final class MappedMetadataFile implements MetadataFile {
  private static final int SEGMENT_BYTES = 64 << 20;

  private static final int APPEND_BYTES = 1 << 20;

  private final HostFile file;
  private final boolean readOnly;
  private final boolean readsByMapping;
  private final MappedSegments segments;
  private boolean closed;

  MappedMetadataFile(HostFile file, boolean readOnly) {
    this.file = file;
    this.readOnly = readOnly;
    this.segments = new MappedSegments(file, readOnly, SEGMENT_BYTES);
    this.readsByMapping = file.fileSystem() != FileSystemKind.MEMORY;
  }

  @Override
  public long lengthBlocks() {
    return file.lengthBytes() / BLOCK_BYTES;
  }

  @Override
  public void read(long block, ByteBuffer target) {
    long offset = offsetOf(block);
    if (offset >= file.lengthBytes()) {
      target.put(target.position(), IoVector.zeroes(), 0, BLOCK_BYTES);
    } else if (!readsByMapping || !load(offset, target)) {
      IoVector.ofThisThread().read(file, offset, target, target.position(), BLOCK_BYTES);
    }
    target.position(target.position() + BLOCK_BYTES);
  }

  private boolean load(long offset, ByteBuffer target) {
    ByteBuffer segment = segments.at(offset).bytes;
    int index = segments.indexIn(offset);
    return GuardedCopy.load(segment, index, target, target.position(), BLOCK_BYTES);
  }

  @Override
  public void write(long firstBlock, ByteBuffer source) {
    checkWritable();
    if (source.remaining() == 0 || source.remaining() % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException("no whole blocks: lengthBytes=" + source.remaining());
    }
    IoVector vector = IoVector.ofThisThread();
    vector.add(source);
    file.write(vector, offsetOf(firstBlock));
  }

  @Override
  public void reserve(long firstBlock, long blocks) {
    checkWritable();
    if (offsetOf(firstBlock) >= file.lengthBytes()) {
      append(firstBlock, blocks);
    } else if (!allocate(firstBlock, blocks)) {
      rewrite(firstBlock, blocks);
    }
  }

  /** On a full disk xfs wants room for the call, also where the blocks have theirs. */
  private boolean allocate(long firstBlock, long blocks) {
    try {
      return file.allocate(offsetOf(firstBlock), blocks * BLOCK_BYTES);
    } catch (HostSpaceException e) {
      return false;
    }
  }

  /**
   * Takes room behind the file's end by writing zeroes. To force a block that was written before
   * then takes no transaction of the host's journal, as the first write to allocated room would.
   */
  private void append(long firstBlock, long blocks) {
    long end = offsetOf(firstBlock + blocks);
    for (long at = offsetOf(firstBlock); at < end; at += APPEND_BYTES) {
      IoVector vector = IoVector.ofThisThread();
      vector.addZeroes((int) Math.min(APPEND_BYTES, end - at));
      file.write(vector, at);
    }
  }

  /** Takes room where there is no call for it, by writing each block as it is. */
  private void rewrite(long firstBlock, long blocks) {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    for (long each = firstBlock; each < firstBlock + blocks; each++) {
      read(each, block.clear());
      file.write(OS.memory().address(block), BLOCK_BYTES, offsetOf(each));
    }
  }

  @Override
  public void force() {
    checkWritable();
    file.force();
  }

  @Override
  public long hostBytes() {
    return file.heldBytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      segments.close();
      file.close();
    }
  }

  private void checkWritable() {
    if (readOnly) {
      throw new ReadOnlyException("pool is open for reading only: file=" + file.path());
    }
  }

  private static long offsetOf(long block) {
    if (block < 0) {
      throw new IllegalArgumentException("no such block: block=" + block);
    }
    return block * BLOCK_BYTES;
  }
}
