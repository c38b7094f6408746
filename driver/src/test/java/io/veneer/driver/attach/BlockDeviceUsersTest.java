// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockDeviceUsersTest {
  private static final List<String> SWAPS =
      List.of(
          "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority",
          "/dev/loop10                             partition\t16380\t\t0\t\t-2");

  @Test
  void swapSpaceIsKnownByItsWholePath() {
    assertTrue(BlockDeviceUsers.isSwap(SWAPS, Path.of("/dev/loop10")));
    assertFalse(BlockDeviceUsers.isSwap(SWAPS, Path.of("/dev/loop1")));
    assertFalse(BlockDeviceUsers.isSwap(List.of(), Path.of("/dev/loop1")));
  }
}
