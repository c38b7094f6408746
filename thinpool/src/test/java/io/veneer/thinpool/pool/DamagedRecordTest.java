// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.format.BlockType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A device whose record is damaged takes no other device with it. */
class DamagedRecordTest {
  private final PoolFixture f = PoolFixture.ofBlocks(4096).withoutAudit();

  @BeforeEach
  void givenTwoWholeDevicesAndADamagedOne() {
    f.create("a", 256);
    int lost = f.pool.createDevice("lost", 256 * BLOCK);
    f.create("z", 256);
    f.fill("a", 0, 10, 1);
    f.fill("lost", 0, 10, 2);
    f.fill("z", 0, 10, 3);
    f.pool.commit();
    f.damage(BlockType.DEVICE_RECORD, lost);
    f.reopen();
  }

  @AfterEach
  void close() {
    f.close();
  }

  private static void refused(Executable request) {
    CorruptMetadataException e = assertThrows(CorruptMetadataException.class, request);
    assertTrue(e.getMessage().contains("record has wrong checksum"), e.getMessage());
  }

  @Test
  void theOthersAreReadWrittenAndRemoved() {
    f.assertFilled("a", 0, 10, 1);
    f.fill("z", 5, 10, 4);
    f.pool.removeDevice("a");
    f.pool.awaitRemovals();
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.reopen();
    f.assertFilled("z", 0, 5, 3);
    f.assertFilled("z", 5, 10, 4);
    assertEquals(10 + 15, f.usedBlocks(), "what the damaged one holds is kept");
    assertEquals(15 * BLOCK, f.pool.usage("z").exclusiveBytes());
  }

  @Test
  void wholeDevicesAreListedAndAListOfAllIsRefused() {
    List<DeviceInfo> whole = f.pool.wholeDevices();
    assertEquals(List.of("a", "z"), whole.stream().map(DeviceInfo::name).toList());
    assertEquals(3, f.pool.status().deviceCount());
    refused(() -> f.pool.devices());
  }

  @Test
  void nothingIsDoneThatNeedsToKnowAllNames() {
    refused(() -> f.pool.openDevice("lost"));
    refused(() -> f.pool.openDevice("never was"));
    refused(() -> f.pool.createDevice("lost", 256 * BLOCK));
    refused(() -> f.pool.createSnapshot("new", "a"));
    refused(() -> f.pool.renameDevice("a", "lost"));
    refused(() -> f.pool.removeDevice("lost"));
    refused(() -> f.pool.reserveMetadataSnapshot());
    assertEquals(List.of("a", "z"), f.pool.wholeDevices().stream().map(DeviceInfo::name).toList());
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
  }

  @Test
  void aRemovalThatACrashInterruptedGoesOn() {
    f.pool.removeDevice("a");
    f.pool.commit();
    f.kill();
    f.pool.awaitRemovals();
    assertEquals(20, f.usedBlocks());
    f.assertFilled("z", 0, 10, 3);
  }
}
