// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

/**
 * The number of a device file.
 *
 * @param major which driver of the kernel
 * @param minor which of its devices
 */
record DeviceNumber(int major, int minor) {
  static final DeviceNumber NONE = new DeviceNumber(0, 0);

  /** The number as the C library's {@code dev_t} has it: M and m are hex digits of both parts. */
  long packed() {
    long high = Integer.toUnsignedLong(major);
    long low = Integer.toUnsignedLong(minor);
    // MMMM Mmmm mmmM MMmm
    return (high & 0xfffff000L) << 32
        | (low & 0xffffff00L) << 12
        | (high & 0xfffL) << 8
        | (low & 0xffL);
  }

  /** The other way round. */
  static DeviceNumber unpacked(long packed) {
    return new DeviceNumber(
        (int) (packed >>> 32 & 0xfffff000L | packed >>> 8 & 0xfffL),
        (int) (packed >>> 12 & 0xffffff00L | packed & 0xffL));
  }
}
