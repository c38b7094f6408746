// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.VolumeLabels;
import io.veneer.thinpool.DeviceInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is kept of a volume beside the record of its snapshot, as attributes of its device.
 *
 * <pre>
 * volume.kind    EXT4 | XFS | BTRFS, inherited by all that descends from the volume
 * volume.grow    there if the device is larger than the file system on it
 * </pre>
 */
final class VolumeAttributes {
  /** Labels that ask for a size in bytes, as decimal digits; the first one that is there counts. */
  static final List<String> SIZE_LABELS = List.of(VolumeLabels.SIZE, VolumeLabels.SIZE_MAX);

  private static final String KIND = "volume.kind";
  private static final String GROW = "volume.grow";

  private VolumeAttributes() {}

  static Map<String, String> of(VolumeKind kind) {
    return Map.of(KIND, kind.name());
  }

  /** What a device's snapshots inherit of it, and what it keeps when its record changes. */
  static Map<String, String> inherited(DeviceInfo device) {
    Map<String, String> inherited = new HashMap<>();
    for (String name : List.of(KIND, GROW)) {
      if (device.attributes().containsKey(name)) {
        inherited.put(name, device.attributes().get(name));
      }
    }
    return inherited;
  }

  static Map<String, String> grown(Map<String, String> attributes, boolean grown) {
    Map<String, String> changed = new HashMap<>(attributes);
    if (grown) {
      changed.put(GROW, "yes");
    }
    return changed;
  }

  static VolumeKind kind(DeviceInfo device) {
    return VolumeKind.valueOf(device.attributes().getOrDefault(KIND, VolumeKind.EXT4.name()));
  }

  static boolean mustGrow(DeviceInfo device) {
    return device.attributes().containsKey(GROW);
  }

  /** All attributes of a device whose file system is as large as itself. */
  static Map<String, String> withoutGrowth(DeviceInfo device) {
    Map<String, String> changed = new HashMap<>(device.attributes());
    changed.remove(GROW);
    return changed;
  }

  /** The size that labels ask for, or 0. */
  static long wantedBytes(Map<String, String> labels) {
    for (String label : SIZE_LABELS) {
      String value = labels.get(label);
      if (value != null) {
        return parse(label, value);
      }
    }
    return 0;
  }

  private static long parse(String label, String value) {
    try {
      long bytes = Long.parseLong(value.strip());
      if (bytes > 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // Refused below, as is what is not positive.
    }
    throw new DriverException(
        Kind.INVALID_ARGUMENT, "a size is a number of bytes label=" + label + " value=" + value);
  }
}
