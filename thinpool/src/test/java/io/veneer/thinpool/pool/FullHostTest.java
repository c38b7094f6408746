// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The host's disk is full though the pool is not. */
class FullHostTest {
  private PoolFixture f = PoolFixture.ofBlocks(4096);

  @AfterEach
  void close() {
    f.close();
  }

  private void fillHost() {
    f.memory.limitHostBytes(f.memory.hostBytes());
  }

  private void freeHost() {
    f.memory.limitHostBytes(Long.MAX_VALUE);
  }

  private void writeUntilRefused(String name, long from) {
    assertThrows(OutOfDataSpaceException.class, () -> f.fill(name, from, 1000, 5));
  }

  @Test
  void writeIsRefusedWithAClearErrorAndWorksAfterSpaceCame() {
    f.create("disk", 4096);
    f.fill("disk", 0, 10, 1);
    f.pool.commit();
    fillHost();
    OutOfDataSpaceException refused =
        assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 10, 1000, 1));
    assertTrue(refused.getMessage().contains("host's disk is full"), refused.getMessage());
    assertEquals(PoolException.Severity.RETRY, refused.severity());
    freeHost();
    f.fill("disk", 10, 100, 1);
    f.assertFilled("disk", 0, 110, 1);
    assertEquals(110, f.usedBlocks());
  }

  @Test
  void modeIsWriteAgainAfterSpaceCame() {
    f.create("disk", 4096);
    f.fill("disk", 0, 10, 1);
    fillHost();
    writeUntilRefused("disk", 10);
    freeHost();
    f.fill("disk", 10, 10, 1);
    assertEquals(PoolMode.WRITE, f.pool.status().mode());
    f.create("new", 256);
  }

  @Test
  void nothingAcknowledgedIsLost() {
    f.create("disk", 4096);
    f.fill("disk", 0, 50, 1);
    f.pool.createSnapshot("snap", "disk");
    fillHost();
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("snap", 0, 500, 2));
    f.pool.commit();
    f.kill();
    f.assertFilled("disk", 0, 50, 1);
    f.audit();
  }

  @Test
  void poolOpensAgainAfterTheHostWasFull() {
    f.create("disk", 4096);
    f.fill("disk", 0, 50, 1);
    fillHost();
    writeUntilRefused("disk", 50);
    f.pool.commit();
    f.reopen();
    f.assertFilled("disk", 0, 50, 1);
    f.fill("disk", 50, 50, 1);
    f.assertFilled("disk", 0, 100, 1);
  }

  @Test
  void refusedWritesDoNotUseThePoolUp() {
    f.create("disk", 4096);
    f.fill("disk", 0, 10, 1);
    fillHost();
    for (int i = 0; i < 20; i++) {
      writeUntilRefused("disk", 10);
    }
    long used = f.usedBlocks();
    freeHost();
    f.pool.commit();
    f.pool.awaitRemovals();
    assertTrue(used <= 400 && f.usedBlocks() <= 400, "used=" + used + " now=" + f.usedBlocks());
    assertEquals(f.pool.device("disk").mappedBytes(), f.usedBlocks() * BLOCK);
  }

  @Test
  void readsDiscardsAndRemovalsWork() {
    f.create("disk", 4096);
    f.fill("disk", 0, 1500, 1);
    f.create("other", 4096);
    f.fill("other", 0, 10, 2);
    f.pool.commit();
    fillHost();
    writeUntilRefused("other", 10);
    f.assertFilled("disk", 0, 10, 1);
    f.discard("disk", 0, 1000);
    f.pool.awaitRemovals();
    f.fill("other", 600, 50, 2);
    f.pool.removeDevice("disk");
    f.pool.awaitRemovals();
    f.fill("other", 700, 50, 2);
    f.assertFilled("other", 600, 50, 2);
  }

  @Test
  void metadataThatCannotGrowRefusesWritesButNeverRemovals() {
    f.close();
    f = PoolFixture.ofBlocks(1 << 20);
    f.create("wide", 1L << 20);
    f.pool.commit();
    fillHost();
    f.memory.limitHostBytes(f.memory.hostBytes() + 4096L * BLOCK);
    int written = 0;
    try {
      while (true) {
        f.fill("wide", written * 504L, 1, 1);
        written++;
      }
    } catch (OutOfMetadataSpaceException | OutOfDataSpaceException full) {
      f.pool.commit();
    }
    fillHost();
    for (int i = 0; i < 400; i++) {
      long block = (written + 1L + i) * 504;
      assertThrows(PoolException.class, () -> f.fill("wide", block, 1, 1));
    }
    f.discard("wide", 0, 504L * 20);
    f.pool.removeDevice("wide");
    f.pool.awaitRemovals();
    assertEquals(0, f.pool.status().usedMetadataBytes());
  }

  @Test
  void deviceCannotBeMadeWhenMetadataHasNoRoomButThePoolGoesOn() {
    f.create("disk", 4096);
    f.pool.commit();
    fillHost();
    int made = 0;
    try {
      while (made < 10_000) {
        f.create("new" + made, 256);
        made++;
      }
    } catch (OutOfMetadataSpaceException refused) {
      assertTrue(refused.getCause() instanceof HostSpaceException, refused.toString());
    }
    f.pool.commit();
    freeHost();
    f.create("last", 256);
    f.fill("last", 0, 256, 3);
    f.assertFilled("last", 0, 256, 3);
  }

  @Test
  void queuedWriteGoesOnWhenTheHostHasSpaceAgain() throws Exception {
    f.close();
    f = new PoolFixture(PoolFixture.options(4096).withNoSpace(NoSpacePolicy.QUEUE, 20_000));
    f.create("disk", 4096);
    f.fill("disk", 0, 1, 1);
    f.pool.commit();
    fillHost();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> f.fill("disk", 1, 600, 1));
    Thread.sleep(300);
    assertTrue(!writer.isDone(), "waits for the host");
    freeHost();
    writer.get(10, TimeUnit.SECONDS);
    f.assertFilled("disk", 0, 601, 1);
  }
}
