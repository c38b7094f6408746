// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeFormatTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "504, 0",
    "505, 1",
    "254016, 1",
    "254017, 2",
    "128024064, 2",
    "128024065, 3",
    "4294967296, 3"
  })
  void rootIsAsHighAsItsKeysNeed(long keys, int level) {
    assertEquals(level, NodeFormat.levelFor(keys));
  }

  @Test
  void highestLevelReachesTheLargestDeviceAndDeviceNumber() {
    long reach = NodeFormat.span(NodeFormat.LEVEL_MAX + 1);
    assertTrue(reach >= DeviceRecord.SIZE_BYTES_MAX / Superblock.BLOCK_SIZE_MIN);
    assertTrue(reach >= DeviceRecord.ID_MAX);
  }

  @Test
  void entriesFillTheBlock() {
    assertEquals(BlockHeaderFormat.LENGTH, NodeFormat.FIRST_ENTRY);
    assertEquals(
        BlockHeaderFormat.BLOCK_BYTES, NodeFormat.entryOffset(NodeFormat.ENTRIES - 1) + Long.BYTES);
  }
}
