// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;

/** Finds the next data, or the next zeroes that take no space; the end counts as such. */
final class ExtentSearch implements ExtentVisitor {
  /** There is nothing of what was asked for from the offset on. */
  static final long NOTHING = -1;

  private final boolean wantsData;
  private long found = NOTHING;

  private ExtentSearch(boolean wantsData) {
    this.wantsData = wantsData;
  }

  static long find(BlockDevice device, long offset, boolean wantsData) {
    long sizeBytes = device.sizeBytes();
    if (offset < 0 || offset >= sizeBytes) {
      return NOTHING;
    }
    ExtentSearch search = new ExtentSearch(wantsData);
    device.extents(offset, sizeBytes - offset, search);
    return search.found == NOTHING && !wantsData ? sizeBytes : search.found;
  }

  @Override
  public boolean visit(long offset, long lengthBytes, ExtentKind kind) {
    boolean isData = kind != ExtentKind.HOLE && kind != ExtentKind.ZERO;
    if (isData == wantsData) {
      found = offset;
      return false;
    }
    return true;
  }
}
