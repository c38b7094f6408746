// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;

/** A snapshot's volume as a file. Any thread; owns the open device. */
final class VolumeFile implements LayerFile {
  private final BlockDevice device;
  private final boolean forWriting;

  VolumeFile(BlockDevice device, boolean forWriting) {
    this.device = device;
    this.forWriting = forWriting;
  }

  @Override
  public long sizeBytes() {
    return PoolErrors.translated(device::sizeBytes);
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    checkOffset(offset);
    int count = (int) Math.min(target.remaining(), Math.max(0, sizeBytes() - offset));
    if (count == 0) {
      return 0;
    }
    int limit = target.limit();
    target.limit(target.position() + count);
    try {
      PoolErrors.translated(() -> device.read(offset, target));
    } finally {
      target.limit(limit);
    }
    return count;
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    checkOffset(offset);
    if (!forWriting) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "volume was opened for reading device=" + device.name());
    }
    PoolErrors.translated(() -> device.write(offset, source, false));
  }

  @Override
  public void force() {
    PoolErrors.translated(device::flush);
  }

  @Override
  public void close() {
    PoolErrors.translated(device::close);
  }

  private void checkOffset(long offset) {
    if (offset < 0) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "offset is negative device=" + device.name() + " offset=" + offset);
    }
  }
}
