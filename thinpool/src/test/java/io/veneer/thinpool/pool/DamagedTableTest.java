// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.NodeFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A damaged node of the device table takes no device of another node away. */
class DamagedTableTest {
  private static final int DEVICES = 3 * NodeFormat.ENTRIES;

  private final PoolFixture f = PoolFixture.ofBlocks(4096).withoutAudit();

  @AfterEach
  void close() {
    f.close();
  }

  @Test
  void devicesOfOtherNodesAreWithinReach() {
    for (int id = 1; id <= DEVICES; id++) {
      f.create("device" + id, 256);
    }
    f.fill("device3", 0, 3, 8);
    f.fill("device1200", 0, 3, 9);
    f.pool.commit();
    f.damage(BlockType.TABLE_NODE, NodeFormat.ENTRIES);
    f.reopen();
    f.assertFilled("device3", 0, 3, 8);
    f.assertFilled("device1200", 0, 3, 9);
    assertEquals(DEVICES - NodeFormat.ENTRIES, f.pool.wholeDevices().size());
    CorruptMetadataException e =
        assertThrows(CorruptMetadataException.class, () -> f.pool.openDevice("device600"));
    assertTrue(e.getMessage().contains("table node has wrong checksum"), e.getMessage());
  }
}
