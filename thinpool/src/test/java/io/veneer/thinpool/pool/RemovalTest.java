// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.file.CrashKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The name goes at once, the blocks when nobody uses them any more. */
class RemovalTest {
  private final PoolFixture f = PoolFixture.ofBlocks(1 << 16);

  @AfterEach
  void close() {
    f.close();
  }

  private void assertEmpty() {
    f.pool.awaitRemovals();
    assertEquals(0, f.usedBlocks());
    assertEquals(0, f.pool.status().usedMetadataBytes());
    assertEquals(0, f.pool.status().deviceCount());
    assertEquals(0, f.pool.status().removingCount());
    assertEquals(0, f.pool.status().pendingDataBytes());
  }

  @Test
  void nameIsFreeAtOnce() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    f.pool.removeDevice("disk");
    assertThrows(NoSuchDeviceException.class, () -> f.pool.openDevice("disk"));
    f.create("disk", 1024);
    f.assertZeroes("disk", 0, 1024);
    assertEquals(1, f.pool.status().removingCount());
    f.pool.removeDevice("disk");
    assertEmpty();
  }

  @Test
  void openDeviceCanBeUsedUntilItsLastClose() {
    f.create("disk", 1024);
    f.fill("disk", 0, 100, 1);
    BlockDevice one = f.device("disk");
    BlockDevice two = f.device("disk");
    f.pool.removeDevice("disk");
    f.pool.awaitRemovals();
    f.create("disk", 1024);
    one.write(0, ByteBuffer.wrap(PoolFixture.content(2, 0)), false);
    one.flush();
    one.close();
    f.pool.awaitRemovals();
    ByteBuffer read = ByteBuffer.allocate(BLOCK);
    two.read(0, read);
    assertEquals(ByteBuffer.wrap(PoolFixture.content(2, 0)), read.flip());
    assertEquals(100, f.usedBlocks());
    two.close();
    f.pool.awaitRemovals();
    assertEquals(0, f.usedBlocks());
  }

  @Test
  void openDeviceThatWasRemovedIsGoneAfterTheNextOpening() {
    f.create("disk", 1024);
    f.fill("disk", 0, 100, 1);
    try (BlockDevice open = f.device("disk")) {
      f.pool.removeDevice("disk");
      open.flush();
    }
    f.kill();
    assertEmpty();
  }

  @Test
  void originCanGoBeforeItsSnapshots() {
    f.create("a", 2048);
    f.fill("a", 0, 1000, 1);
    f.pool.createSnapshot("b", "a");
    f.pool.createSnapshot("c", "b");
    f.fill("b", 0, 10, 2);
    f.fill("c", 5, 10, 3);
    f.pool.removeDevice("a");
    f.pool.removeDevice("b");
    f.pool.awaitRemovals();
    f.assertFilled("c", 0, 5, 1);
    f.assertFilled("c", 5, 10, 3);
    f.assertFilled("c", 15, 985, 1);
    assertEquals(1000, f.usedBlocks());
    f.pool.removeDevice("c");
    assertEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyOrderOfRemovalsGivesAllBack(long seed) {
    System.out.println("RemovalTest.anyOrderOfRemovalsGivesAllBack seed=" + seed);
    Random random = new Random(seed);
    List<String> names = new ArrayList<>(List.of("d0"));
    f.create("d0", 4096);
    for (int i = 1; i < 12; i++) {
      f.fill(names.get(random.nextInt(names.size())), random.nextInt(4000), 90, i);
      f.pool.createSnapshot("d" + i, names.get(random.nextInt(names.size())));
      names.add("d" + i);
    }
    Collections.shuffle(names, random);
    for (String name : names) {
      f.pool.removeDevice(name);
      if (random.nextBoolean()) {
        f.pool.awaitRemovals();
      }
      f.pool.commit();
      f.audit();
    }
    assertEmpty();
  }

  @Test
  void goesOnAtTheNextOpeningWhereACrashInterruptedIt() {
    f.create("disk", 504L * 40);
    for (int leaf = 0; leaf < 40; leaf++) {
      f.fill("disk", 504L * leaf, 20, 1);
    }
    f.create("other", 1024);
    f.fill("other", 0, 10, 2);
    f.pool.commit();
    f.memory.forgetHistory();
    f.pool.removeDevice("disk");
    f.pool.commit();
    assertTrue(f.usedBlocks() > 10);
    f.kill();
    assertEquals(1, f.pool.status().removingCount());
    f.pool.tend();
    f.kill();
    f.pool.awaitRemovals();
    assertEquals(10, f.usedBlocks());
    assertEquals(0, f.pool.status().removingCount());
    f.assertFilled("other", 0, 10, 2);
  }

  @Test
  void everyPowerCutDuringARemovalLeavesAPoolThatCanFinishIt() {
    f.create("disk", 504L * 20);
    for (int leaf = 0; leaf < 20; leaf++) {
      f.fill("disk", 504L * leaf, 5, 1);
    }
    f.pool.createSnapshot("snap", "disk");
    f.fill("disk", 0, 5, 2);
    f.pool.commit();
    f.memory.forgetHistory();
    f.pool.removeDevice("disk");
    f.pool.commit();
    f.pool.tend();
    f.pool.commit();
    var history = f.memory.history();
    for (int point = 0; point <= history.length(); point++) {
      for (var state : history.statesAt(point, 11, 1)) {
        try (ThinPool pool = ThinPool.open(state.open(), false)) {
          pool.awaitRemovals();
          if (pool.devices().size() == 1) {
            assertEquals(100L * BLOCK, pool.status().usedDataBytes(), state.toString());
          }
        }
      }
    }
  }

  @Test
  void costsWhatTheDeviceAloneHolds() {
    f.create("base", 1 << 15);
    try (BlockDevice device = f.device("base")) {
      byte[] bytes = new byte[1 << 20];
      new Random(1).nextBytes(bytes);
      for (int i = 0; i < 128; i++) {
        device.write((long) i << 20, ByteBuffer.wrap(bytes), false);
      }
    }
    f.pool.createSnapshot("snap", "base");
    f.fill("snap", 3, 1, 2);
    f.reopen();
    long before = f.files.count(io.veneer.thinpool.file.WatchedPoolFiles.Call.METADATA_READ);
    f.pool.removeDevice("snap");
    f.pool.awaitRemovals();
    long reads =
        f.files.count(io.veneer.thinpool.file.WatchedPoolFiles.Call.METADATA_READ) - before;
    assertTrue(reads < 20, "reads=" + reads);
    f.crash(CrashKind.NONE);
    assertEquals(1 << 15, f.usedBlocks());
  }
}
