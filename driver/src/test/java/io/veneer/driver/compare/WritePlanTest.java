// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WritePlanTest {
  private static final int WRITES = 200;
  private static final long IMAGE_BYTES = (1 << 20) + 100;

  @Test
  void placesOfAContainerAreDifferentAndInTheImage() {
    WritePlan plan = plan(1);
    for (int container = 0; container < plan.containers(); container++) {
      List<Long> offsets = offsets(plan, container);
      assertEquals(WRITES, new HashSet<>(offsets).size());
      assertTrue(
          offsets.stream().allMatch(offset -> offset % 4096 == 0 && offset + 4096 <= IMAGE_BYTES));
    }
    assertNotEquals(offsets(plan, 0), offsets(plan, 1));
  }

  @Test
  void theSeedGivesEverything() {
    assertEquals(offsets(plan(7), 2), offsets(plan(7), 2));
    assertEquals(bytes(plan(7), 1, 1, 3), bytes(plan(7), 1, 1, 3));
    assertNotEquals(offsets(plan(7), 2), offsets(plan(8), 2));
    assertNotEquals(bytes(plan(7), 1, 1, 3), bytes(plan(8), 1, 1, 3));
  }

  @Test
  void noTwoWritesAreAlike() {
    WritePlan plan = plan(1);
    Set<ByteBuffer> seen = new HashSet<>();
    for (int container = 0; container < plan.containers(); container++) {
      for (int pass = 0; pass < WritePlan.PASSES; pass++) {
        for (int write = 0; write < WRITES; write++) {
          assertTrue(seen.add(bytes(plan, container, pass, write)));
        }
      }
    }
  }

  @Test
  void everyPlaceCanBeWrittenAndNoMore() {
    WritePlan plan = WritePlan.of(1, 1, 256, 4096, IMAGE_BYTES);
    assertEquals(256, plan.writesPerContainer());
    DriverException refused =
        assertThrows(DriverException.class, () -> WritePlan.of(1, 1, 257, 4096, IMAGE_BYTES));
    assertEquals(
        "image is too small for so many writes; make fewer, or take a larger image: writes=257"
            + " places=256",
        refused.getMessage());
  }

  private static WritePlan plan(long seed) {
    return WritePlan.of(seed, 3, WRITES, ComparisonOptions.DEFAULT_WRITE_BYTES, IMAGE_BYTES);
  }

  private static List<Long> offsets(WritePlan plan, int container) {
    return IntStream.range(0, WRITES).mapToObj(write -> plan.offset(container, write)).toList();
  }

  private static ByteBuffer bytes(WritePlan plan, int container, int pass, int write) {
    ByteBuffer buffer = ByteBuffer.allocate(plan.writeBytes());
    plan.fill(buffer, container, pass, write);
    return buffer;
  }
}
