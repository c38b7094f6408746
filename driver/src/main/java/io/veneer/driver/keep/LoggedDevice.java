// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import java.nio.ByteBuffer;

/** A device whose changes are in the log before they are answered. Any thread. */
final class LoggedDevice implements BlockDevice {
  private final BlockDevice device;
  private final int id;
  private final WriteLog log;
  private final PoolCommits commits;

  LoggedDevice(BlockDevice device, int id, WriteLog log, PoolCommits commits) {
    this.device = device;
    this.id = id;
    this.log = log;
    this.commits = commits;
  }

  @Override
  public String name() {
    return device.name();
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
    return device.isReadOnly();
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    device.read(offset, target);
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    ByteBuffer written = source.duplicate();
    device.write(offset, source, fua);
    while (!needsNoRecord() && !log.wrote(id, offset, written, commits)) {
      log.covered(commits);
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    device.writeZeroes(offset, lengthBytes, mayUnmap, fua);
    while (!needsNoRecord() && !log.zeroed(id, offset, lengthBytes, commits)) {
      log.covered(commits);
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    device.discard(offset, lengthBytes);
    while (!needsNoRecord() && !log.discarded(id, offset, lengthBytes, commits)) {
      log.covered(commits);
    }
  }

  /**
   * Most changes are writes in place, of which nothing is lost with the process. They need one all
   * the same while older records would be repeated over them. In this order: what a later kill
   * finds committed is at least what is durable now.
   */
  private boolean needsNoRecord() {
    return device.isMappingDurable() && !log.wouldRepeat(id, commits.last());
  }

  @Override
  public void flush() {
    log.coveredOf(id, device::flush, commits);
  }

  @Override
  public boolean isMappingDurable() {
    return device.isMappingDurable();
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    device.extents(offset, lengthBytes, visitor);
  }

  @Override
  public void close() {
    device.close();
  }
}
