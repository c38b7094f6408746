// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.NbdProtocol.NBD_STATE_HOLE;
import static io.veneer.driver.nbd.NbdProtocol.NBD_STATE_ZERO;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;

/** {@code base:allocation}: where data blocks are mapped, and what reads as zeroes. */
final class AllocationContext implements MetaContext {
  static final String NAME = "base:allocation";

  private final BlockDevice device;

  AllocationContext(BlockDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void describe(long offset, long lengthBytes, Descriptors descriptors) {
    device.extents(
        offset,
        lengthBytes,
        (extentOffset, extentBytes, kind) -> descriptors.add(extentBytes, status(kind)));
  }

  /** What reads through to an external origin is data, as far as a client can tell. */
  private static int status(ExtentKind kind) {
    return switch (kind) {
      case HOLE, ZERO -> NBD_STATE_HOLE | NBD_STATE_ZERO;
      case DATA, EXTERNAL -> 0;
    };
  }
}
