// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.transaction.InFlight;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a block that somebody gave up may be somebody else's. */
class FreedBlocksTest {
  private static final int BLOCKS = 3;
  private static final int WRITER = 7;

  private final SpaceFixture pool = new SpaceFixture(BLOCKS, 512);

  @BeforeEach
  void fillAndCommit() {
    pool.underLock(() -> pool.take(BLOCKS));
    commit();
    assertEquals(SpaceMap.NONE, takeAfterReturn());
  }

  private void commit() {
    pool.transactions.commit();
  }

  private void free(long block) {
    assertEquals(0, pool.underLock(() -> pool.data.decrement(block)));
  }

  /** What is handed out once all is given back that can be. */
  private long takeAfterReturn() {
    return pool.underLock(
        () -> {
          pool.giveBack();
          return pool.take();
        });
  }

  @Test
  void waitForTheCommitThatFreesThem() {
    free(1);
    assertEquals(SpaceMap.NONE, takeAfterReturn());
    assertEquals(1, pool.underLock(() -> pool.data.pendingBlocks()));
    commit();
    assertEquals(1, takeAfterReturn());
    assertEquals(0, pool.underLock(() -> pool.data.pendingBlocks()));
  }

  @Test
  void waitForAReaderThatCameBefore() {
    int reader = pool.inFlight.enter(InFlight.READER);
    free(2);
    commit();
    assertEquals(SpaceMap.NONE, takeAfterReturn());
    assertTrue(pool.underLock(pool.data::hasWaiting));
    pool.inFlight.exit(reader);
    assertEquals(2, takeAfterReturn());
  }

  @Test
  void waitForAWriterThatCameBetweenFreeingAndCommit() {
    free(0);
    int writer = pool.inFlight.enter(WRITER);
    commit();
    assertEquals(SpaceMap.NONE, takeAfterReturn());
    pool.inFlight.exit(writer);
    assertEquals(0, takeAfterReturn());
  }

  @Test
  void doNotWaitForWhoCameAfterTheCommit() {
    free(1);
    commit();
    int late = pool.inFlight.enter(InFlight.READER);
    assertEquals(1, takeAfterReturn());
    pool.inFlight.exit(late);
  }

  @Test
  void keepTheOrderOfTheirTransactions() {
    free(0);
    commit();
    int reader = pool.inFlight.enter(InFlight.READER);
    free(1);
    commit();
    assertEquals(0, takeAfterReturn());
    assertEquals(SpaceMap.NONE, takeAfterReturn());
    pool.inFlight.exit(reader);
    assertEquals(1, takeAfterReturn());
  }

  @Test
  void aDroppedReferenceKeepsABlockSharedUntilItIsDurable() {
    pool.underLock(
        () -> {
          pool.data.increment(0);
          return 0;
        });
    commit();
    pool.underLock(() -> pool.data.decrement(0));
    assertFalse(pool.underLock(() -> pool.data.isExclusive(0)));
    commit();
    takeAfterReturn();
    assertTrue(pool.underLock(() -> pool.data.isExclusive(0)));
  }
}
