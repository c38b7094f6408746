// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.VolumeLabels;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Storage options by their own names, and by those of the devicemapper driver. */
class LayerOptionsTest {
  private static final Set<Capability> VOLUMES = Set.of(Capability.VOLUME);
  private static final String GIB = String.valueOf(1L << 30);

  private static Map<String, String> daemon(String... options) {
    return LayerOptions.ofDaemon(List.of(options), VOLUMES).labels();
  }

  @Test
  void optionsBecomeLabels() {
    assertEquals(Map.of(), daemon());
    assertEquals(Map.of(VolumeLabels.SIZE_MAX, GIB), daemon("size=1G"));
    assertEquals(Map.of(VolumeLabels.SIZE_MAX, GIB), daemon("dm.basesize=1GiB"));
    assertEquals(Map.of(VolumeLabels.FILE_SYSTEM, "xfs"), daemon("veneer.fs=xfs"));
    assertEquals(
        Map.of(
            VolumeLabels.MAKE_OPTIONS,
            "-i 8192 -O ^metadata_csum",
            VolumeLabels.MOUNT_OPTIONS,
            "nodiscard,commit=30"),
        daemon(
            "dm.mkfsarg=-i 8192",
            "dm.mkfsarg=-O ^metadata_csum",
            "dm.mountopt=nodiscard",
            "mountopt=commit=30"));
  }

  @Test
  void aContainersSizeCountsMore() {
    LayerOptions options = LayerOptions.ofDaemon(List.of("dm.fs=xfs", "size=9G"), VOLUMES);
    assertEquals(
        Map.of(VolumeLabels.FILE_SYSTEM, "xfs", VolumeLabels.SIZE_MAX, GIB),
        options.with(Map.of("size", "1G"), VOLUMES).labels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size                    | NAME=VALUE",
        "size=ten                | a size is a number",
        "size=9999999P           | beyond all disks",
        "fs=zfs                  | ext4, xfs, btrfs",
        "mkfsarg=-d /etc         | a mkfs option",
        "mkfsarg=-i;reboot       | a mkfs option",
        "mountopt=a,,b           | a mount option",
        "mountopt=ro             | not for you to choose",
        "dm.thinpooldev=/dev/x   | there are size, fs, mkfsarg and mountopt",
        "overlay2.size=1G        | no such storage option",
      })
  void whatIsWrongIsSaidInOneLine(String option, String message) {
    DriverException failure = assertThrows(DriverException.class, () -> daemon(option));
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
    assertTrue(failure.getMessage().contains(message), failure::getMessage);
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void containersHaveASizeOnly() {
    LayerOptions none = LayerOptions.NONE;
    assertThrows(DriverException.class, () -> none.with(Map.of("fs", "xfs"), VOLUMES));
    assertThrows(DriverException.class, () -> none.with(Map.of("size", "1G"), Set.of()));
    assertThrows(
        DriverException.class, () -> LayerOptions.ofDaemon(List.of("dm.fs=xfs"), Set.of()));
  }
}
