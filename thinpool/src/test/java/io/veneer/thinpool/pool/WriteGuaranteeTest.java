// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.ReadOnlyException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocks that are kept for a device, so that no write to it fails because the pool is full. */
class WriteGuaranteeTest {
  private static final int SIZE = 256;

  private final PoolFixture f = PoolFixture.ofBlocks(1024);

  @AfterEach
  void close() {
    f.close();
  }

  private void guarantee(String name, boolean on) {
    f.pool.transact(
        list -> {
          list.setGuarantee(name, on);
          return null;
        });
  }

  private void fillPool() {
    f.create("glutton", 4096);
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("glutton", 0, 4096, 9));
  }

  @Test
  void keepsWhatTheDeviceDoesNotHold() {
    f.create("disk", SIZE);
    f.fill("disk", 0, 100, 1);
    guarantee("disk", true);
    assertEquals(SIZE - 100, f.reservedBlocks());
    assertTrue(f.pool.device("disk").guaranteed());
  }

  @Test
  void deviceCanBeWrittenInFullWhenOthersFilledThePool() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    fillPool();
    assertEquals(SIZE, f.freeBlocks());
    f.fill("disk", 0, SIZE, 2);
    assertEquals(0, f.reservedBlocks());
    f.assertFilled("disk", 0, SIZE, 2);
  }

  @Test
  void deviceCanBeWrittenAgainAfterDiscardsAndSnapshotsWhenOthersFilledThePool() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    guarantee("disk", true);
    f.pool.createSnapshot("snap", "disk");
    f.fill("disk", 10, 20, 2);
    f.discard("disk", 100, 50);
    fillPool();
    f.fill("disk", 0, SIZE, 3);
    f.assertFilled("disk", 0, SIZE, 3);
    f.assertFilled("snap", 0, SIZE, 1);
  }

  @Test
  void figuresFollowWritesCopiesAndDiscards() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    f.fill("disk", 0, 50, 1);
    assertEquals(SIZE - 50, f.reservedBlocks(), "provisioned blocks need none any more");
    f.pool.createSnapshot("snap", "disk");
    assertEquals(SIZE, f.reservedBlocks(), "all is shared, so all may need a block");
    f.fill("disk", 0, 10, 2);
    assertEquals(SIZE - 10, f.reservedBlocks(), "copied blocks need none any more");
    f.discard("disk", 0, 5);
    assertEquals(SIZE - 5, f.reservedBlocks(), "discarded own blocks need one again");
    f.discard("disk", 20, 5);
    assertEquals(SIZE - 5, f.reservedBlocks(), "discarded shared blocks needed one before");
  }

  @Test
  void figuresFollowDiscardsOfWholeLeaves() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    guarantee("disk", true);
    assertEquals(0, f.reservedBlocks());
    f.discard("disk", 0, SIZE);
    assertEquals(SIZE, f.reservedBlocks());
    f.fill("disk", 0, SIZE, 2);
    assertEquals(0, f.reservedBlocks());
  }

  @Test
  void neverKeepsMoreThanTheDeviceHasBlocks() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    guarantee("disk", true);
    f.pool.createSnapshot("snap", "disk");
    f.pool.removeDevice("snap");
    f.pool.awaitRemovals();
    f.discard("disk", 0, SIZE);
    assertEquals(SIZE, f.reservedBlocks());
  }

  @Test
  void isRefusedWhenThePoolHasNotTheBlocks() {
    f.create("other", 1024);
    f.fill("other", 0, 800, 1);
    f.create("disk", SIZE);
    assertThrows(OutOfDataSpaceException.class, () -> guarantee("disk", true));
    assertFalse(f.pool.device("disk").guaranteed());
    assertEquals(0, f.reservedBlocks());
  }

  @Test
  void snapshotIsRefusedWhenItWouldBreakTheGuarantee() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    guarantee("disk", true);
    f.create("other", 1024);
    f.fill("other", 0, 600, 1);
    assertThrows(OutOfDataSpaceException.class, () -> f.pool.createSnapshot("snap", "disk"));
    assertEquals(2, f.pool.devices().size());
  }

  @Test
  void twoSnapshotsInOneTransactionNeedTheBlocksOnce() {
    f.create("disk", 600);
    f.fill("disk", 0, 300, 1);
    guarantee("disk", true);
    f.pool.transact(
        list -> {
          list.createSnapshot("one", "disk");
          return list.createSnapshot("two", "disk");
        });
    assertEquals(600, f.reservedBlocks());
  }

  @Test
  void snapshotInTheSameTransactionIsCounted() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    f.pool.transact(
        list -> {
          list.setGuarantee("disk", true);
          return list.createSnapshot("snap", "disk");
        });
    assertEquals(SIZE, f.reservedBlocks());
    f.pool.transact(
        list -> {
          list.createSnapshot("other", "disk");
          list.setGuarantee("disk", true);
          return null;
        });
    assertEquals(SIZE, f.reservedBlocks());
  }

  @Test
  void sizeInTheSameTransactionIsCounted() {
    f.create("disk", SIZE);
    f.pool.transact(
        list -> {
          list.resizeDevice("disk", 300 * BLOCK);
          list.setGuarantee("disk", true);
          return null;
        });
    assertEquals(300, f.reservedBlocks());
    guarantee("disk", false);
    f.pool.transact(
        list -> {
          list.setGuarantee("disk", true);
          list.resizeDevice("disk", 400 * BLOCK);
          return null;
        });
    assertEquals(400, f.reservedBlocks());
  }

  @Test
  void figuresFollowTheSize() {
    f.create("disk", 400);
    f.fill("disk", 0, 400, 1);
    guarantee("disk", true);
    f.pool.resizeDevice("disk", 300 * BLOCK);
    assertEquals(0, f.reservedBlocks(), "what is left is the device's own");
    f.pool.resizeDevice("disk", 500 * BLOCK);
    assertEquals(200, f.reservedBlocks());
    f.pool.resizeDevice("disk", 450 * BLOCK);
    assertEquals(150, f.reservedBlocks());
  }

  @Test
  void largerSizeIsRefusedWhenThePoolHasNotTheBlocks() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    assertThrows(OutOfDataSpaceException.class, () -> f.pool.resizeDevice("disk", 8 * MIB));
    assertEquals(SIZE * BLOCK, f.pool.device("disk").sizeBytes());
  }

  @Test
  void switchingOffGivesTheBlocksToOthers() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    fillPool();
    guarantee("disk", false);
    assertEquals(0, f.reservedBlocks());
    f.fill("glutton", 2000, SIZE, 4);
    assertFalse(f.pool.device("disk").guaranteed());
  }

  @Test
  void removalGivesTheBlocksToOthers() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    fillPool();
    f.pool.removeDevice("disk");
    assertEquals(0, f.reservedBlocks());
    f.fill("glutton", 2000, SIZE, 4);
  }

  @Test
  void lastsAcrossOpenings() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    f.reopen();
    assertEquals(SIZE, f.reservedBlocks());
    fillPool();
    f.fill("disk", 0, SIZE, 2);
  }

  @Test
  void heldMetadataCountsAsASnapshot() {
    f.create("disk", SIZE);
    f.fill("disk", 0, SIZE, 1);
    guarantee("disk", true);
    f.pool.reserveMetadataSnapshot();
    fillPool();
    f.discard("disk", 0, 100);
    f.fill("disk", 0, SIZE, 2);
    f.assertFilled("disk", 0, SIZE, 2);
    f.pool.releaseMetadataSnapshot();
  }

  @Test
  void sealedDeviceNeedsNone() {
    f.create("disk", SIZE);
    f.pool.transact(
        list -> {
          list.sealDevice("disk");
          return null;
        });
    assertThrows(ReadOnlyException.class, () -> guarantee("disk", true));
  }

  @Test
  void sealingGivesTheBlocksToOthers() {
    f.create("disk", SIZE);
    guarantee("disk", true);
    f.pool.transact(
        list -> {
          list.sealDevice("disk");
          return null;
        });
    assertEquals(0, f.reservedBlocks());
    assertFalse(f.pool.device("disk").guaranteed());
  }
}
