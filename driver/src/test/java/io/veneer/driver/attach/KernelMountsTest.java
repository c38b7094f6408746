// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading the kernel's table of mounts. */
class KernelMountsTest {
  private static final KernelMounts MOUNTS =
      KernelMounts.parse(
          List.of(
              "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
              "30 22 7:3 / /mnt/a\\040b\\134c rw - ext4 /dev/loop3 rw,discard",
              "31 22 7:3 /sub /mnt/bind ro shared:2 master:3 - ext4 /dev/loop3 rw",
              "32 22 0:45 / /mnt/btrfs rw - btrfs /dev/loop4 rw",
              "33 22 0:46 / /run/veneer/attach/x rw - fuse.veneer veneer rw,user_id=0",
              "34 22 0:47 / /run/veneer/attach/x/deep rw - tmpfs tmpfs rw",
              "35 22 0:48 / /mnt/\u00c3\u00bc rw - tmpfs none rw"));

  @Test
  void findsMountsByNumberAndByPath() {
    assertEquals(
        List.of("/mnt/a b\\c", "/mnt/bind"), MOUNTS.pointsOf(Path.of("/dev/loop3"), "7:3"));
    assertEquals(List.of("/mnt/btrfs"), MOUNTS.pointsOf(Path.of("/dev/loop4"), "7:4"));
    assertEquals(List.of(), MOUNTS.pointsOf(Path.of("/dev/loop"), "7:9"));
  }

  @Test
  void findsMountsBelowAFolderDeepestFirst() {
    assertEquals(
        List.of("/run/veneer/attach/x/deep", "/run/veneer/attach/x"),
        MOUNTS.pointsBelow(Path.of("/run/veneer/attach")));
    assertEquals(List.of(), MOUNTS.pointsBelow(Path.of("/run/veneer/att")));
  }

  @Test
  void pathsAreUtf8() {
    assertEquals("/mnt/\u00fc", MOUNTS.mounts().get(6).point());
  }
}
