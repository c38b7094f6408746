// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.MappingEntry;
import org.junit.jupiter.api.Test;

/** Free blocks in a row that nobody else is handed. */
class SetAsideTest {
  private static final int BLOCKS = 2000;

  private final SpaceFixture pool = new SpaceFixture(BLOCKS, 512);

  private BlockRun setAside(long goal, long blocksMax) {
    return pool.underLock(() -> pool.data.setAside(goal, blocksMax, 16));
  }

  private long take() {
    return pool.underLock(pool::take);
  }

  private long available() {
    return pool.underLock(pool.data::availableBlocks);
  }

  @Test
  void theyBeginAtTheGoalAndEndAfterAsManyAsAskedFor() {
    assertEquals(new BlockRun(100, 164), setAside(100, 64));
  }

  @Test
  void theyEndBeforeABlockInUse() {
    pool.underLock(() -> pool.data.allocate(130));
    assertEquals(new BlockRun(100, 130), setAside(100, 64));
  }

  @Test
  void theyEndWithThePageOfCountsAndWithThePool() {
    long border = CountsFormat.COUNTS;
    assertEquals(new BlockRun(border - 4, border), setAside(border - 4, 64));
    assertEquals(new BlockRun(BLOCKS - 3, BLOCKS), setAside(BLOCKS - 3, 64));
  }

  @Test
  void whereTheGoalIsInUseTheyBeginAtABorder() {
    assertEquals(0, take());
    assertEquals(1, take());
    assertEquals(new BlockRun(16, 24), setAside(1, 8));
    assertEquals(new BlockRun(32, 40), setAside(BLOCKS, 8), "behind the pool's end");
  }

  @Test
  void nobodyElseIsHandedThemButTheyStayAvailable() {
    BlockRun run = setAside(0, 64);
    assertEquals(BLOCKS, available());
    assertEquals(64, take());
    assertEquals(65, pool.underLock(() -> pool.data.allocate(10)), "as a goal either");
    assertEquals(BLOCKS - 2, available());
    pool.underLock(
        () -> {
          pool.data.putBackAside(run);
          return null;
        });
    assertEquals(BLOCKS - 2, available());
    assertEquals(0, take());
  }

  @Test
  void oneThatIsHandedOutCountsAsAnyOther() {
    BlockRun run = setAside(0, 64);
    pool.underLock(
        () -> {
          pool.data.handOutAside();
          pool.data.handOutAside();
          return null;
        });
    assertEquals(BLOCKS - 2, available());
    pool.underLock(
        () -> {
          pool.data.use(0);
          pool.data.putBack(1);
          pool.data.putBackAside(new BlockRun(2, run.end()));
          return null;
        });
    assertEquals(BLOCKS - 1, available());
    assertEquals(1, pool.superblock.usedDataBlocks);
    assertEquals(1, take());
  }

  @Test
  void theyEndWithTheLargestPool() {
    long blocks = MappingEntry.DATA_BLOCKS_MAX;
    SpaceFixture large = new SpaceFixture(blocks, 512);
    large.locked(
        () -> {
          assertEquals(
              new BlockRun(blocks - 100, blocks), large.data.setAside(blocks - 100, 1024, 16));
          assertEquals(100, large.data.asideBlocks());
          assertNull(large.data.setAsideWithin(blocks - 100, blocks));
        });
  }

  @Test
  void noneWhereNothingIsFree() {
    pool.underLock(() -> pool.take(BLOCKS));
    assertNull(setAside(5, 64));
  }

  @Test
  void aCrashLetsThemGo() {
    setAside(0, 64);
    take();
    pool.transactions.commit();
    pool.reopen();
    assertEquals(BLOCKS - 1, available());
    assertEquals(0, take());
  }
}
