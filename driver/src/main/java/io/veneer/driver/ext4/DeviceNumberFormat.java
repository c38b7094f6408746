// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/**
 * The device number in an inode's content field: two 32-bit numbers. Where the first is not zero it
 * is the old form, else the second is the new one.
 *
 * <pre>
 *   old   bits 15-8 major   7-0 minor
 *   new   bits 31-20 minor, high   19-8 major   7-0 minor, low
 * </pre>
 */
final class DeviceNumberFormat {
  private static final int OLD_MAJOR_SHIFT = 8;
  private static final int BYTE = 0xff;
  private static final int MAJOR_MASK = 0xfff;
  private static final int MINOR_HIGH_SHIFT = 12;
  private static final int MINOR_HIGH_MASK = 0xfff00;

  private DeviceNumberFormat() {}

  static int major(ByteBuffer image, int at) {
    int old = image.getInt(at);
    if (old != 0) {
      return old >>> OLD_MAJOR_SHIFT & BYTE;
    }
    return image.getInt(at + Integer.BYTES) >>> OLD_MAJOR_SHIFT & MAJOR_MASK;
  }

  static int minor(ByteBuffer image, int at) {
    int old = image.getInt(at);
    if (old != 0) {
      return old & BYTE;
    }
    int number = image.getInt(at + Integer.BYTES);
    return number & BYTE | number >>> MINOR_HIGH_SHIFT & MINOR_HIGH_MASK;
  }
}
