// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import java.util.List;

/**
 * The volumes of layers that have no parent; all others take after their parents.
 *
 * @param kind the file system on them
 * @param sizeBytes their size; 64 MiB (xfs 320 MiB, btrfs 128 MiB) to 16 TiB
 * @param makeOptions options for mkfs besides the usual ones
 * @param mountOptions options for every mount besides the usual ones
 */
public record VolumeOptions(
    VolumeKind kind, long sizeBytes, List<String> makeOptions, List<String> mountOptions) {
  /** The size where none is asked for: 10 GiB, of which only what is written takes room. */
  public static final long DEFAULT_SIZE_BYTES = 10L << 30;

  /**
   * The usual volumes.
   *
   * @param sizeBytes their size
   * @return ext4, with the usual options
   */
  public static VolumeOptions ext4(long sizeBytes) {
    return new VolumeOptions(VolumeKind.EXT4, sizeBytes, List.of(), List.of());
  }
}
