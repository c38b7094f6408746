// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A device in memory that can go back to what was flushed last. One thread. */
final class ForgetfulDevice implements BlockDevice {
  private static final int BLOCK_BYTES = 4096;

  private final byte[] bytes;
  private byte[] flushed;
  private boolean failingWrites;
  private boolean failingFlushes;
  private boolean readOnly;

  ForgetfulDevice(int sizeBytes) {
    bytes = new byte[sizeBytes];
    flushed = bytes.clone();
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

  void forget() {
    System.arraycopy(flushed, 0, bytes, 0, bytes.length);
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String name() {
    return "forgetful";
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
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
    target.put(bytes, (int) offset, target.remaining());
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    if (failingWrites) {
      throw PoolException.badRequest("fails as asked");
    }
    source.get(bytes, (int) offset, source.remaining());
    flushIf(fua);
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    Arrays.fill(bytes, (int) offset, (int) (offset + lengthBytes), (byte) 0);
    flushIf(fua);
  }

  private void flushIf(boolean fua) {
    if (fua) {
      flush();
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    writeZeroes(offset, lengthBytes, true, false);
  }

  @Override
  public void flush() {
    if (failingFlushes) {
      throw PoolException.badRequest("fails as asked");
    }
    flushed = bytes.clone();
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
