// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.VolumeLabels;
import java.util.List;
import java.util.Map;

/**
 * The volumes of layers that have no parent; all others take after their parents.
 *
 * @param kind the file system on them
 * @param sizeBytes their size; 4 MiB (xfs 320 MiB, btrfs 128 MiB) to 16 TiB
 * @param makeOptions options for mkfs besides the usual ones
 * @param mountOptions options for every mount of that kind besides the usual ones
 */
public record VolumeOptions(
    VolumeKind kind, long sizeBytes, List<String> makeOptions, List<String> mountOptions) {
  /** The size where none is asked for: 10 GiB, of which only what is written takes room. */
  public static final long DEFAULT_SIZE_BYTES = 10L << 30;

  private static final long SIZE_BYTES_MAX = 16L << 40;

  /**
   * Refuses sizes that no file system could have.
   *
   * @param kind the file system
   * @param sizeBytes the size
   * @param makeOptions for mkfs
   * @param mountOptions for mounts
   * @throws DriverException INVALID_ARGUMENT, with what is possible
   */
  public VolumeOptions {
    if (sizeBytes < kind.sizeBytesMin() || sizeBytes > SIZE_BYTES_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a volume with "
              + kind.typeName()
              + " has "
              + (kind.sizeBytesMin() >> 20)
              + "M to 16T: sizeBytes="
              + sizeBytes);
    }
    makeOptions = List.copyOf(makeOptions);
    mountOptions = List.copyOf(mountOptions);
  }

  /**
   * The usual volumes.
   *
   * @param sizeBytes their size
   * @return ext4, with the usual options
   */
  public static VolumeOptions ext4(long sizeBytes) {
    return new VolumeOptions(VolumeKind.EXT4, sizeBytes, List.of(), List.of());
  }

  /**
   * These options with what the labels of a layer say. A size that is larger than usual is left to
   * growing, so that not every size has a file system of its own to begin with.
   */
  VolumeOptions with(Map<String, String> labels) {
    VolumeLabels.check(labels);
    String name = labels.getOrDefault(VolumeLabels.FILE_SYSTEM, kind.typeName());
    VolumeKind wantedKind = VolumeKind.of(name);
    String make = labels.get(VolumeLabels.MAKE_OPTIONS);
    List<String> usual = wantedKind == kind ? makeOptions : List.of();
    long usualBytes = Math.max(sizeBytes, wantedKind.sizeBytesMin());
    long wantedBytes = VolumeAttributes.wantedBytes(labels);
    return new VolumeOptions(
        wantedKind,
        wantedBytes == 0 ? usualBytes : Math.min(wantedBytes, usualBytes),
        make == null ? usual : VolumeLabels.makeOptions(make),
        mountOptions);
  }
}
