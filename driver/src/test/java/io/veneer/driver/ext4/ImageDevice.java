// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A device of bytes in memory, which can be changed behind the reader's back. */
final class ImageDevice implements BlockDevice {
  private final byte[] bytes;

  /** How many bytes were read. */
  long readBytes;

  ImageDevice(byte[] bytes) {
    this.bytes = bytes;
  }

  static ImageDevice of(Path image) {
    try {
      return new ImageDevice(Files.readAllBytes(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String name() {
    return "image";
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public int blockSizeBytes() {
    return 1 << 16;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    int length = target.remaining();
    if (offset < 0 || offset > bytes.length - length) {
      throw PoolException.badRequest("outside of the device: offset=" + offset);
    }
    readBytes += length;
    target.put(bytes, (int) offset, length);
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void flush() {}

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    visitor.visit(offset, lengthBytes, ExtentKind.DATA);
  }

  @Override
  public void close() {}
}
