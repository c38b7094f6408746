// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.file.FileOperation.PoolFile;
import java.nio.ByteBuffer;

/** The data side of {@link RecordingPoolFiles}, which holds the contents and the lock. */
final class RecordingDataFile implements DataFile {
  private static final int PAGE_BYTES = 4096;

  private final RecordingPoolFiles files;
  private final int blockBytes;
  private long lostEnd;

  RecordingDataFile(RecordingPoolFiles files, int blockBytes) {
    this.files = files;
    this.blockBytes = blockBytes;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    long end = offset + target.remaining();
    if (end > lengthBytes() && Math.max(offset, lengthBytes()) < lostEnd) {
      throw new PoolIoException("data file was cut off: offset=" + offset);
    }
    target.put(bytes(offset, target.remaining()));
  }

  private byte[] bytes(long offset, int length) {
    if (offset < 0) {
      throw new IllegalArgumentException("before the file: offset=" + offset);
    }
    synchronized (files) {
      files.checkOpen();
      return files.content(PoolFile.DATA).read(offset, length);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    if (offset < 0) {
      throw new IllegalArgumentException("before the file: offset=" + offset);
    }
    long first = offset / blockBytes;
    long last = (offset + Math.max(1, source.remaining()) - 1) / blockBytes;
    synchronized (files) {
      for (long block = first; block <= last; block++) {
        files.takeBlockRoom(block * blockBytes, blockBytes);
      }
      files.write(PoolFile.DATA, offset, peek(source));
    }
    source.position(source.limit());
  }

  @Override
  public void zero(long offset, int lengthBytes) {
    write(offset, ByteBuffer.allocate(lengthBytes));
  }

  @Override
  public void writeNew(long offset, ByteBuffer source) {
    checkWholeBlocks(offset, source.remaining());
    files.write(PoolFile.DATA, offset, peek(source));
    source.position(source.limit());
  }

  @Override
  public void copyPatched(long fromOffset, long toOffset, int patchOffset, ByteBuffer patch) {
    checkWholeBlocks(fromOffset | toOffset, 0);
    synchronized (files) {
      fill(bytes(fromOffset, blockBytes), toOffset, patchOffset, patch);
    }
  }

  @Override
  public void zeroPatched(long toOffset, int patchOffset, ByteBuffer patch) {
    checkWholeBlocks(toOffset, 0);
    fill(new byte[blockBytes], toOffset, patchOffset, patch);
  }

  private void fill(byte[] block, long toOffset, int patchOffset, ByteBuffer patch) {
    if (patchOffset < 0 || patchOffset > blockBytes - patch.remaining()) {
      throw new IllegalArgumentException(
          "patch is not inside the block: patchOffset=" + patchOffset);
    }
    patch.get(patch.position(), block, patchOffset, patch.remaining());
    files.write(PoolFile.DATA, toOffset, block);
    patch.position(patch.limit());
  }

  @Override
  public boolean matches(long offset, ByteBuffer expected) {
    return expected.equals(ByteBuffer.wrap(bytes(offset, expected.remaining())));
  }

  @Override
  public boolean gainsFromRoomAhead() {
    return true;
  }

  @Override
  public void reserve(long offset, long lengthBytes) {
    files.reserve(PoolFile.DATA, offset, lengthBytes);
  }

  @Override
  public void punch(long offset, long lengthBytes) {
    files.punch(offset, lengthBytes);
  }

  @Override
  public void expectLength(long lengthBytes) {
    lostEnd = lengthBytes;
  }

  @Override
  public void truncate(long offset) {
    files.truncate(offset);
  }

  @Override
  public void force() {
    files.force(PoolFile.DATA, 0, 0);
  }

  @Override
  public void force(long offset, long lengthBytes) {
    long start = offset / PAGE_BYTES * PAGE_BYTES;
    long end = (offset + lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    if (end > start) {
      files.force(PoolFile.DATA, start, end - start);
    }
  }

  @Override
  public long lengthBytes() {
    synchronized (files) {
      return files.content(PoolFile.DATA).lengthBytes();
    }
  }

  @Override
  public long hostBytes() {
    synchronized (files) {
      return files.content(PoolFile.DATA).heldBytes();
    }
  }

  @Override
  public void close() {
    // The contents outlive each opening; RecordingPoolFiles refuses what comes after its own close.
  }

  private void checkWholeBlocks(long offset, int length) {
    if (offset < 0 || offset % blockBytes != 0 || length % blockBytes != 0) {
      throw new IllegalArgumentException(
          "no whole blocks: offset=" + offset + " lengthBytes=" + length);
    }
  }

  /** What remains in a buffer, which is consumed only when the operation succeeds. */
  private static byte[] peek(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(source.position(), bytes);
    return bytes;
  }
}
