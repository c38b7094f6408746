// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.DeviceInfo;
import java.util.Map;

/**
 * The length of an imported image that no device can have: devices are at least 1 MiB and whole
 * sectors. It is kept as an attribute, so that an export gives back the same bytes. It counts for
 * nothing once the device has another size, or bytes beyond it.
 */
final class ImageLength {
  private static final String ATTRIBUTE = "veneer.imageBytes";
  private static final long SIZE_MIN_BYTES = 1 << 20;
  private static final long SECTOR_BYTES = 512;

  private ImageLength() {}

  /** The smallest size of a device that holds an image. */
  static long deviceBytes(long imageBytes) {
    long sectors = Math.addExact(imageBytes, SECTOR_BYTES - 1) / SECTOR_BYTES;
    return Math.max(SIZE_MIN_BYTES, sectors * SECTOR_BYTES);
  }

  /** The attribute that keeps a length on a device of a size; empty where none is needed. */
  static Map<String, String> attribute(long imageBytes, long deviceBytes) {
    boolean padded = imageBytes != deviceBytes && deviceBytes(imageBytes) == deviceBytes;
    return padded ? Map.of(ATTRIBUTE, Long.toString(imageBytes)) : Map.of();
  }

  /** The attribute as a device has it, for a snapshot of it; empty where it has none. */
  static Map<String, String> of(DeviceInfo device) {
    String recorded = device.attributes().get(ATTRIBUTE);
    return recorded == null ? Map.of() : Map.of(ATTRIBUTE, recorded);
  }

  /** How long the image on a device is: as recorded, or all of the device. */
  static long imageBytes(DeviceInfo device) {
    String recorded = device.attributes().get(ATTRIBUTE);
    if (recorded == null) {
      return device.sizeBytes();
    }
    try {
      long imageBytes = ByteSize.parse(recorded);
      return deviceBytes(imageBytes) == device.sizeBytes() ? imageBytes : device.sizeBytes();
    } catch (ArithmeticException | IllegalArgumentException e) {
      return device.sizeBytes(); // anybody can set attributes
    }
  }
}
