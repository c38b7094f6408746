// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolMode;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool whose metadata limit is reached can still read, overwrite, discard and remove. */
class FullMetadataTest {
  private static final int LEAF = 504;

  private final PoolFixture f = new PoolFixture(PoolFixture.options(1 << 16).withMetadata(2 * MIB));

  @AfterEach
  void close() {
    f.close();
  }

  /** Writes one block in each leaf, so that each takes a node. */
  private void fillMetadataWithLeaves() {
    f.create("wide", 4096L * LEAF);
    try (BlockDevice device = f.device("wide")) {
      long leaf = 0;
      while (true) {
        byte[] bytes = PoolFixture.content(1, leaf);
        device.write(leaf * LEAF * BLOCK, ByteBuffer.wrap(bytes), false);
        leaf++;
      }
    } catch (OutOfMetadataSpaceException full) {
      f.pool.commit();
    }
  }

  private void fillMetadataWithDevices() {
    try {
      for (int i = 0; true; i++) {
        f.create("small" + i, 256);
        f.fill("small" + i, 0, 1, i);
      }
    } catch (OutOfMetadataSpaceException full) {
      f.pool.commit();
    }
  }

  @Test
  void writesThatNeedNodesAreRefusedAndNothingElseIs() {
    fillMetadataWithLeaves();
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.assertFilled("wide", 0, 1, 1);
    f.fill("wide", 0, 1, 7);
    f.assertFilled("wide", 0, 1, 7);
    OutOfMetadataSpaceException refused =
        assertThrows(OutOfMetadataSpaceException.class, () -> f.create("new", 256));
    assertTrue(refused.getMessage().contains("metadata space; grow"), refused.getMessage());
  }

  @Test
  void discardsWorkAndMakeRoom() {
    fillMetadataWithLeaves();
    long used = f.pool.status().usedMetadataBytes();
    f.discard("wide", 0, 100L * LEAF);
    f.pool.awaitRemovals();
    assertTrue(f.pool.status().usedMetadataBytes() < used - 90 * BLOCK);
    f.create("new", 256);
    f.fill("new", 0, 4, 1);
  }

  @Test
  void manyDiscardsOfSharedLeavesWork() {
    f.create("base", 200L * LEAF);
    for (int leaf = 0; leaf < 150; leaf++) {
      f.fill("base", (long) leaf * LEAF, 2, 1);
    }
    f.pool.createSnapshot("snap", "base");
    fillMetadataWithLeaves();
    for (int leaf = 0; leaf < 100; leaf++) {
      f.discard("base", (long) leaf * LEAF, 1);
      f.pool.commit();
      f.discard("wide", (long) leaf * LEAF, 1);
    }
    f.assertFilled("snap", 0, 2, 1);
    f.assertZeroes("base", 0, 1);
  }

  @Test
  void discardsLeaveEnoughForRemovals() {
    f.create("base", 300L * LEAF);
    for (int leaf = 0; leaf < 250; leaf++) {
      f.fill("base", (long) leaf * LEAF, 2, 1);
    }
    f.pool.createSnapshot("snap", "base");
    f.pool.commit();
    f.pool.tend();
    fillMetadataWithDevices();
    assertThrows(
        OutOfMetadataSpaceException.class,
        () -> {
          for (int leaf = 0; leaf < 250; leaf++) {
            f.discard("base", (long) leaf * LEAF, 1);
          }
        });
    f.pool.removeDevice("snap");
    f.pool.awaitRemovals();
    f.discard("base", 240L * LEAF, 1);
    f.create("new", 256);
  }

  @Test
  void largeDeviceCanBeRemoved() {
    fillMetadataWithLeaves();
    f.pool.removeDevice("wide");
    f.pool.awaitRemovals();
    assertEquals(0, f.pool.status().usedMetadataBytes());
  }

  @Test
  void manySmallDevicesCanBeRemovedOneByOne() {
    fillMetadataWithDevices();
    assertTrue(f.names().size() > 50, "devices=" + f.names().size());
    f.names().forEach(f.pool::removeDevice);
    f.pool.awaitRemovals();
    assertEquals(0, f.pool.status().usedMetadataBytes());
  }

  @Test
  void manySmallDevicesCanBeRemovedInOneTransaction() {
    fillMetadataWithDevices();
    List<String> all = f.names();
    List<String> half = all.subList(0, all.size() / 2);
    f.pool.transact(
        list -> {
          half.forEach(list::removeDevice);
          return null;
        });
    f.pool.awaitRemovals();
    assertEquals(all.subList(half.size(), all.size()), f.names());
  }

  @Test
  void backgroundWorkGivesRemovedDevicesBack() throws InterruptedException {
    fillMetadataWithDevices();
    f.names().forEach(f.pool::removeDevice);
    for (int i = 0; i < 40 && f.pool.status().removingCount() > 0; i++) {
      f.pool.tend();
      Thread.sleep(50);
    }
    assertEquals(0, f.pool.status().removingCount());
  }

  @Test
  void growingLeadsOut() {
    fillMetadataWithLeaves();
    f.pool.growMetadata(4 * MIB);
    f.create("new", 256);
    f.fill("new", 0, 256, 1);
    f.assertFilled("new", 0, 256, 1);
  }

  @Test
  void renamesAndSnapshotsAreRefusedWhole() {
    fillMetadataWithLeaves();
    assertThrows(
        OutOfMetadataSpaceException.class,
        () ->
            f.pool.transact(
                list -> {
                  list.renameDevice("wide", "other");
                  return list.createSnapshot("snap", "other");
                }));
    assertEquals(List.of("wide"), f.names());
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
  }

  @Test
  void smallerSizeWorks() {
    fillMetadataWithLeaves();
    assertDoesNotThrow(() -> f.pool.resizeDevice("wide", MIB));
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.pool.awaitRemovals();
    f.create("new", 256);
  }
}
