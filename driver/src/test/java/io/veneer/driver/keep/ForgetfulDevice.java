// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A device in memory that can forget what a pool does whose process is killed: where blocks are
 * since the last flush, but not what was written in place to those that it finds. One thread.
 */
final class ForgetfulDevice implements BlockDevice {
  private static final int BLOCK_BYTES = 4096;

  private byte[][] blocks;
  private byte[][] flushed;
  private final boolean[] shared;
  private boolean failingWrites;
  private boolean failingFlushes;
  private boolean readOnly;
  private Runnable commit = this::keep;

  ForgetfulDevice(int sizeBytes) {
    blocks = new byte[sizeBytes / BLOCK_BYTES][];
    flushed = blocks.clone();
    shared = new boolean[blocks.length];
  }

  ForgetfulDevice readOnly() {
    readOnly = true;
    return this;
  }

  void failWrites(boolean fails) {
    failingWrites = fails;
  }

  void failFlushes(boolean fails) {
    failingFlushes = fails;
  }

  /** As a snapshot does: the next write to each block goes to a copy. */
  void share() {
    Arrays.fill(shared, true);
  }

  void forget() {
    blocks = flushed.clone();
  }

  byte[] bytes() {
    byte[] all = new byte[(int) sizeBytes()];
    read(0, ByteBuffer.wrap(all));
    return all;
  }

  @Override
  public String name() {
    return "forgetful";
  }

  @Override
  public long sizeBytes() {
    return (long) blocks.length * BLOCK_BYTES;
  }

  @Override
  public int blockSizeBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    for (long at = offset; target.hasRemaining(); at++) {
      byte[] block = blocks[(int) at / BLOCK_BYTES];
      target.put(block == null ? 0 : block[(int) at % BLOCK_BYTES]);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    if (failingWrites) {
      throw PoolException.badRequest("fails as asked");
    }
    for (long at = offset; source.hasRemaining(); at++) {
      writable((int) at / BLOCK_BYTES)[(int) at % BLOCK_BYTES] = source.get();
    }
    flushIf(fua);
  }

  private byte[] writable(int index) {
    if (blocks[index] == null) {
      blocks[index] = new byte[BLOCK_BYTES];
    } else if (shared[index]) {
      blocks[index] = blocks[index].clone();
    }
    shared[index] = false;
    return blocks[index];
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    write(offset, ByteBuffer.allocate((int) lengthBytes), fua);
  }

  private void flushIf(boolean fua) {
    if (fua) {
      flush();
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    writeZeroes(offset, lengthBytes, true, false);
    int first = (int) (offset + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int end = (int) (offset + lengthBytes) / BLOCK_BYTES;
    for (int index = first; index < end; index++) {
      blocks[index] = null;
    }
  }

  @Override
  public void flush() {
    if (failingFlushes) {
      throw PoolException.badRequest("fails as asked");
    }
    if (!isMappingDurable()) {
      commit.run();
    }
  }

  /** What a commit does. */
  void keep() {
    flushed = blocks.clone();
  }

  void flushBy(Runnable poolCommit) {
    commit = poolCommit;
  }

  @Override
  public boolean isMappingDurable() {
    for (int index = 0; index < blocks.length; index++) {
      if (blocks[index] != flushed[index]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
