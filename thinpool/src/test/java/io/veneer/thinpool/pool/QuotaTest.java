// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.QuotaExceededException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device may provision so many bytes and no more. */
class QuotaTest {
  private final PoolFixture f = PoolFixture.ofBlocks(4096);

  @BeforeEach
  void givenADeviceWithAQuotaOf20Blocks() {
    f.create("disk", 1024);
    quota("disk", 20);
  }

  @AfterEach
  void close() {
    f.close();
  }

  private void quota(String name, long blocks) {
    f.pool.transact(
        list -> {
          list.setQuota(name, blocks * BLOCK);
          return null;
        });
  }

  private long own(String name) {
    return f.pool.device(name).ownBytes() / BLOCK;
  }

  @Test
  void refusesTheBlockAboveIt() {
    f.fill("disk", 0, 20, 1);
    QuotaExceededException refused =
        assertThrows(QuotaExceededException.class, () -> f.fill("disk", 20, 1, 1));
    assertTrue(refused.getMessage().contains("device=disk"), refused.getMessage());
    assertEquals(PoolException.Severity.REQUEST, refused.severity());
    assertEquals(20, own("disk"));
    f.fill("disk", 0, 20, 2);
    f.assertFilled("disk", 0, 20, 2);
    f.assertZeroes("disk", 20, 1);
  }

  @Test
  void discardsMakeRoom() {
    f.fill("disk", 0, 20, 1);
    f.discard("disk", 0, 5);
    f.fill("disk", 100, 5, 1);
    assertThrows(QuotaExceededException.class, () -> f.fill("disk", 200, 1, 1));
  }

  /** What the whole blocks give back is enough for the copies of those at the ends. */
  @Test
  void aDiscardOfWholeAndPartsOfBlocksFitsIntoTheQuota() {
    quota("disk", 0);
    f.fill("disk", 0, 30, 1);
    f.pool.createSnapshot("snap", "disk");
    quota("snap", 5);
    f.fill("snap", 10, 5, 2);
    try (BlockDevice device = f.device("snap")) {
      device.discard(9 * BLOCK + 512, 6 * BLOCK);
      assertThrows(QuotaExceededException.class, () -> f.fill("snap", 20, 4, 2));
    }
    assertEquals(5, own("snap"));
    f.assertZeroes("snap", 10, 5);
    f.assertFilled("disk", 0, 30, 1);
  }

  /** The last block of the new size is shared, so what is behind the end is cleared in a copy. */
  @Test
  void aDeviceAtItsQuotaCanBeMadeSmaller() {
    quota("disk", 0);
    f.fill("disk", 0, 512, 1);
    f.pool.createSnapshot("snap", "disk");
    quota("snap", 1);
    f.fill("snap", 0, 1, 2);
    f.pool.resizeDevice("snap", 300 * BLOCK + 512);
    assertEquals(2, own("snap"));
    f.pool.resizeDevice("snap", 400 * BLOCK);
    f.assertFilled("snap", 0, 1, 2);
    f.assertFilled("snap", 1, 299, 1);
    f.assertZeroes("snap", 301, 99);
    f.assertFilled("disk", 0, 512, 1);
    assertThrows(QuotaExceededException.class, () -> f.fill("snap", 5, 1, 2));
  }

  @Test
  void zeroesInHolesCostNothing() {
    f.fill("disk", 0, 20, 1);
    f.write("disk", 100, new byte[10 * BLOCK]);
    assertEquals(20, own("disk"));
  }

  @Test
  void inheritedBlocksDoNotCount() {
    f.fill("disk", 0, 20, 1);
    f.pool.createSnapshot("snap", "disk");
    quota("snap", 3);
    assertEquals(0, own("snap"));
    f.fill("snap", 0, 3, 2);
    assertThrows(QuotaExceededException.class, () -> f.fill("snap", 3, 1, 2));
    assertEquals(3, own("snap"));
  }

  @Test
  void copyOfAnOwnBlockTakesItsPlace() {
    f.fill("disk", 0, 20, 1);
    f.pool.createSnapshot("snap", "disk");
    f.fill("disk", 0, 20, 2);
    assertEquals(20, own("disk"));
    f.assertFilled("snap", 0, 20, 1);
  }

  @Test
  void canBeRaisedLoweredAndLifted() {
    f.fill("disk", 0, 20, 1);
    quota("disk", 21);
    f.fill("disk", 20, 1, 1);
    quota("disk", 5);
    assertThrows(QuotaExceededException.class, () -> f.fill("disk", 21, 1, 1));
    f.fill("disk", 0, 21, 3);
    f.reopen();
    assertEquals(5L * BLOCK, f.pool.device("disk").quotaBytes());
    quota("disk", 0);
    f.fill("disk", 21, 100, 1);
    assertThrows(PoolException.class, () -> quota("disk", -1));
  }
}
