// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;

/**
 * Finds how far a range goes on as data, or as zeroes that need not be sent. Small runs of zeroes
 * count as data: a chunk of their own would cost more than it saves. Used over and over, by one
 * thread.
 */
final class DataRun implements ExtentVisitor {
  private static final int HOLE_BYTES_MIN = 32 << 10;

  private long start;
  private long end;
  private long dataBytes;
  private long holeBytes;

  /** Looks at the beginning of a range that is not empty. */
  void find(BlockDevice device, long offset, long lengthBytes) {
    start = offset;
    end = offset + lengthBytes;
    dataBytes = 0;
    holeBytes = 0;
    device.extents(offset, lengthBytes, this);
  }

  @Override
  public boolean visit(long offset, long lengthBytes, ExtentKind kind) {
    boolean zero = kind == ExtentKind.HOLE || kind == ExtentKind.ZERO;
    boolean whole = offset == start && offset + lengthBytes == end;
    if (!zero || lengthBytes < HOLE_BYTES_MIN && !whole) {
      dataBytes += lengthBytes;
      return true;
    }
    if (offset == start) {
      holeBytes = lengthBytes;
    }
    return false;
  }

  boolean isHole() {
    return holeBytes > 0;
  }

  /** Length of what was found. */
  long bytes() {
    return isHole() ? holeBytes : dataBytes;
  }
}
