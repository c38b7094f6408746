// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.file.FileOperation.PoolFile;
import java.nio.ByteBuffer;

/** The metadata side of {@link RecordingPoolFiles}, which holds the contents and the lock. */
final class RecordingMetadataFile implements MetadataFile {
  private final RecordingPoolFiles files;

  RecordingMetadataFile(RecordingPoolFiles files) {
    this.files = files;
  }

  @Override
  public long lengthBlocks() {
    synchronized (files) {
      return files.content(PoolFile.METADATA).lengthBytes() / BLOCK_BYTES;
    }
  }

  @Override
  public void read(long block, ByteBuffer target) {
    long offset = offsetOf(block);
    synchronized (files) {
      files.checkOpen();
      target.put(files.content(PoolFile.METADATA).read(offset, BLOCK_BYTES));
    }
  }

  @Override
  public void write(long firstBlock, ByteBuffer source) {
    int length = source.remaining();
    if (length == 0 || length % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException("no whole blocks: lengthBytes=" + length);
    }
    long offset = offsetOf(firstBlock);
    byte[] bytes = new byte[length];
    source.get(bytes);
    synchronized (files) {
      if (files.content(PoolFile.METADATA).missingBytes(offset, length) > 0) {
        throw new IllegalStateException(
            "blocks were not reserved: firstBlock=" + firstBlock + " lengthBytes=" + length);
      }
      files.write(PoolFile.METADATA, offset, bytes);
    }
  }

  @Override
  public void reserve(long firstBlock, long blocks) {
    files.reserve(PoolFile.METADATA, offsetOf(firstBlock), blocks * BLOCK_BYTES);
  }

  @Override
  public void force() {
    files.force(PoolFile.METADATA, 0, 0);
  }

  @Override
  public long hostBytes() {
    synchronized (files) {
      return files.content(PoolFile.METADATA).heldBytes();
    }
  }

  @Override
  public void close() {
    // The contents outlive each opening; RecordingPoolFiles refuses what comes after its own close.
  }

  private static long offsetOf(long block) {
    if (block < 0) {
      throw new IllegalArgumentException("no such block: block=" + block);
    }
    return block * BLOCK_BYTES;
  }
}
