// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.VolumeLabels;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What layers begin as, by the server's options and by their labels. */
class VolumeOptionsTest {
  private static final long GIB = 1L << 30;

  private static final VolumeOptions USUAL =
      new VolumeOptions(VolumeKind.EXT4, 10 * GIB, List.of("-i", "8192"), List.of("nodiscard"));

  @Test
  void labelsCountMore() {
    assertEquals(USUAL, USUAL.with(Map.of()));
    assertEquals(
        new VolumeOptions(VolumeKind.EXT4, GIB, List.of("-I", "512"), List.of("nodiscard")),
        USUAL.with(
            Map.of(VolumeLabels.SIZE, String.valueOf(GIB), VolumeLabels.MAKE_OPTIONS, "-I  512")));
  }

  @Test
  void whatIsLargerThanUsualGrowsLater() {
    assertEquals(USUAL, USUAL.with(Map.of(VolumeLabels.SIZE_MAX, String.valueOf(20 * GIB))));
  }

  @Test
  void anotherFileSystemHasNoneOfTheUsualMkfsOptions() {
    assertEquals(
        new VolumeOptions(VolumeKind.XFS, 10 * GIB, List.of(), List.of("nodiscard")),
        USUAL.with(Map.of(VolumeLabels.FILE_SYSTEM, "xfs")));
  }

  @Test
  void everyFileSystemHasAName() {
    assertEquals(
        VolumeLabels.FILE_SYSTEMS,
        Stream.of(VolumeKind.values()).map(VolumeKind::typeName).toList());
  }

  @Test
  void whatNoFileSystemCouldBeIsRefused() {
    for (long bytes : new long[] {-1, 0, 1 << 20, 17L << 40, Long.MAX_VALUE}) {
      assertEquals(
          Kind.INVALID_ARGUMENT,
          assertThrows(DriverException.class, () -> VolumeOptions.ext4(bytes)).kind());
    }
    assertThrows(
        DriverException.class, () -> USUAL.with(Map.of(VolumeLabels.SIZE, "1000")), "too small");
    assertThrows(
        DriverException.class, () -> USUAL.with(Map.of(VolumeLabels.FILE_SYSTEM, "../zfs")));
  }
}
