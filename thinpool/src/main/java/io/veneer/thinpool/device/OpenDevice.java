// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One use of a thin device: checks that it is still open, and for writing, then hands the request
 * on.
 */
public final class OpenDevice implements BlockDevice {
  private final ThinDevice device;
  private final boolean readOnly;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Opens a device.
   *
   * @param device the device
   * @param readOnly whether writes are refused
   * @param onClose runs once, when it is closed
   */
  public OpenDevice(ThinDevice device, boolean readOnly, Runnable onClose) {
    this.device = device;
    this.readOnly = readOnly;
    this.onClose = onClose;
  }

  @Override
  public String name() {
    return device.stored().record().name;
  }

  @Override
  public long sizeBytes() {
    return device.sizeBytes();
  }

  @Override
  public int blockSizeBytes() {
    return device.blockSizeBytes();
  }

  @Override
  public boolean isReadOnly() {
    return readOnly || device.isSealed();
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    checkOpen();
    device.read(offset, target);
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    checkWritable();
    device.checkRange(offset, source.remaining()); // the asker's mistake loses nothing
    try {
      device.write(offset, source, fua);
    } catch (RuntimeException | Error e) {
      device.writeFailed();
      throw e;
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    checkWritable();
    device.checkRange(offset, lengthBytes);
    try {
      device.writeZeroes(offset, lengthBytes, mayUnmap, fua);
    } catch (RuntimeException | Error e) {
      device.writeFailed();
      throw e;
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    checkWritable();
    device.discard(offset, lengthBytes);
  }

  @Override
  public void flush() {
    checkOpen();
    if (!readOnly) {
      try {
        device.flush();
      } catch (RuntimeException | Error e) {
        device.writeFailed();
        throw e;
      }
    }
  }

  @Override
  public boolean isMappingDurable() {
    checkOpen();
    return device.isMappingDurable();
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    checkOpen();
    device.extents(offset, lengthBytes, visitor);
  }

  /**
   * Walks what differs between this device and another of the pool.
   *
   * @param since the device to compare with
   * @param visitor takes the ranges that differ, ascending, with what this device has there
   */
  public void changedSince(OpenDevice since, ExtentVisitor visitor) {
    checkOpen();
    device.changedSince(since.device, visitor);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }

  private void checkOpen() {
    if (closed.get()) {
      throw PoolException.badRequest("device was closed: name=" + name());
    }
  }

  private void checkWritable() {
    checkOpen();
    if (isReadOnly()) {
      throw new ReadOnlyException("device takes no writes: name=" + name());
    }
  }
}
