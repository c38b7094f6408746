// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Metadata that is held as it is, for tools that read a live pool. */
class HeldMetadataTest {
  private final PoolFixture f = PoolFixture.ofBlocks(8192);

  @AfterEach
  void close() {
    f.close();
  }

  @Test
  void keepsAllBlocksOfItsTimeUntilItIsReleased() {
    f.create("disk", 2048);
    f.fill("disk", 0, 1000, 1);
    f.create("gone", 2048);
    f.fill("gone", 0, 100, 2);
    long root = f.pool.reserveMetadataSnapshot();
    assertEquals(root, f.pool.status().heldMetadataRoot());
    f.discard("disk", 0, 1000);
    f.pool.removeDevice("gone");
    f.pool.awaitRemovals();
    assertEquals(1100, f.usedBlocks());
    f.audit();
    f.pool.releaseMetadataSnapshot();
    f.pool.awaitRemovals();
    assertEquals(0, f.usedBlocks());
    assertEquals(0, f.pool.status().heldMetadataRoot());
  }

  @Test
  void sharesAllThatADeviceMapsWithItsWriteGuarantee() {
    f.create("disk", 1024);
    f.fill("disk", 0, 100, 1);
    f.pool.createSnapshot("snap", "disk");
    f.pool.removeDevice("snap");
    f.pool.awaitRemovals();
    f.pool.reserveMetadataSnapshot();
    assertEquals(0, f.pool.usage("disk").exclusiveBytes());
    f.pool.transact(
        list -> {
          list.setGuarantee("disk", true);
          return null;
        });
    assertEquals(1024, f.reservedBlocks());
    f.create("glutton", 8192);
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("glutton", 0, 8192, 2));
    f.fill("disk", 0, 1024, 3);
    f.assertFilled("disk", 0, 1024, 3);
  }

  @Test
  void isHeldAcrossOpeningsAndCrashes() {
    f.create("disk", 2048);
    f.fill("disk", 0, 100, 1);
    long root = f.pool.reserveMetadataSnapshot();
    f.discard("disk", 0, 50);
    f.pool.commit();
    f.kill();
    assertEquals(root, f.pool.status().heldMetadataRoot());
    assertEquals(100, f.usedBlocks());
    f.pool.releaseMetadataSnapshot();
    f.pool.awaitRemovals();
    assertEquals(50, f.usedBlocks());
  }

  @Test
  void countsReturnToZero() {
    for (int i = 0; i < 30; i++) {
      f.create("disk" + i, 1024);
      f.fill("disk" + i, i, 5, i);
    }
    for (int round = 0; round < 3; round++) {
      f.pool.reserveMetadataSnapshot();
      f.fill("disk" + round, 0, 20, 50);
      f.pool.createSnapshot("snap" + round, "disk" + round);
      f.pool.commit();
      f.audit();
      f.pool.releaseMetadataSnapshot();
    }
    f.names().forEach(f.pool::removeDevice);
    f.pool.awaitRemovals();
    assertEquals(0, f.usedBlocks());
    assertEquals(0, f.pool.status().usedMetadataBytes());
  }

  @Test
  void onlyOneIsHeld() {
    f.create("disk", 2048);
    f.pool.reserveMetadataSnapshot();
    PoolException refused =
        assertThrows(PoolException.class, () -> f.pool.reserveMetadataSnapshot());
    assertTrue(refused.getMessage().contains("release it first"), refused.getMessage());
    f.pool.releaseMetadataSnapshot();
    f.pool.releaseMetadataSnapshot();
    assertNotEquals(0, f.pool.reserveMetadataSnapshot());
    f.pool.releaseMetadataSnapshot();
  }

  @Test
  void emptyPoolHasNothingToHold() {
    assertThrows(PoolException.class, () -> f.pool.reserveMetadataSnapshot());
  }

  @Test
  @Timeout(20)
  void isHeldBesideABusyWriter() throws Exception {
    f.create("disk", 2048);
    AtomicBoolean stop = new AtomicBoolean();
    try (BlockDevice device = f.device("disk")) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; !stop.get(); i = (i + 1) % 2000) {
                  ByteBuffer bytes = ByteBuffer.wrap(PoolFixture.content(1, i));
                  device.write(i * 4096L, bytes, false);
                  if (i % 100 == 99) {
                    device.discard(0, 2048 * 4096);
                  }
                }
              });
      writer.start();
      for (int i = 0; i < 20; i++) {
        f.pool.reserveMetadataSnapshot();
        f.audit();
        f.pool.releaseMetadataSnapshot();
      }
      stop.set(true);
      writer.join();
    }
  }
}
