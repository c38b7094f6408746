// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;

/** Refuses ranges outside a device before a single byte has gone anywhere. */
final class DeviceRange {
  private DeviceRange() {}

  static void require(BlockDevice device, long offset, long lengthBytes) {
    long sizeBytes = device.sizeBytes();
    if (offset > sizeBytes || lengthBytes > sizeBytes - offset) {
      throw new CommandFailure(
          "the range is outside the device "
              + device.name()
              + ": offset="
              + offset
              + " length="
              + lengthBytes
              + " size="
              + sizeBytes
              + "; stay inside, or make it larger with 'veneer device resize'");
    }
  }
}
