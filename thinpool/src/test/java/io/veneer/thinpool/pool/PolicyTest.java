// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.CrashKind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pool does when it is full can be changed later. */
class PolicyTest {
  private static final int BLOCKS = 512;
  private static final PoolPolicy CHANGED =
      new PoolPolicy(2L * BLOCKS * BLOCK, 7L * BLOCK, NoSpacePolicy.QUEUE, 1500, false);

  private final PoolFixture f = PoolFixture.ofBlocks(BLOCKS);

  @AfterEach
  void close() {
    f.close();
  }

  private void fillPool() {
    f.create("disk", 4 * BLOCKS);
    f.fill("disk", 0, BLOCKS, 1);
  }

  private PoolPolicy policy() {
    return PoolPolicy.of(f.pool.status());
  }

  private void set(NoSpacePolicy policy, int timeoutMillis) {
    f.pool.setPolicy(new PoolPolicy(0, 0, policy, timeoutMillis, true));
  }

  @Test
  void isDurableWhenItIsSet() {
    assertEquals(
        new PoolPolicy((long) BLOCKS * BLOCK, 0, NoSpacePolicy.ERROR, 60_000, true), policy());
    f.pool.setPolicy(CHANGED);
    assertEquals(CHANGED, policy());
    f.crash(CrashKind.NONE);
    assertEquals(CHANGED, policy());
  }

  @Test
  void aFullPoolExtendsItselfToTheNewLimit() {
    fillPool();
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", BLOCKS, 1, 1));
    f.pool.setPolicy(new PoolPolicy(2L * BLOCKS * BLOCK, 0, NoSpacePolicy.ERROR, 0, true));
    f.fill("disk", BLOCKS, BLOCKS, 1);
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", 2 * BLOCKS, 1, 1));
    f.assertFilled("disk", 0, 2 * BLOCKS, 1);
  }

  @Test
  void withoutALimitItNoLongerExtendsItself() {
    f.pool.setPolicy(CHANGED);
    set(NoSpacePolicy.ERROR, 0);
    fillPool();
    assertThrows(OutOfDataSpaceException.class, () -> f.fill("disk", BLOCKS, 1, 1));
    assertEquals((long) BLOCKS * BLOCK, f.pool.status().totalDataBytes());
  }

  @Test
  void aWriteThatWaitsFollowsTheNewPolicy() throws Exception {
    set(NoSpacePolicy.QUEUE, 60_000);
    fillPool();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> f.fill("disk", BLOCKS, 1, 1));
    Thread.sleep(100);
    assertFalse(writer.isDone(), "waits");
    set(NoSpacePolicy.ERROR, 0);
    Exception failed = assertThrows(Exception.class, () -> writer.get(10, TimeUnit.SECONDS));
    assertTrue(failed.getCause() instanceof OutOfDataSpaceException, failed.toString());
  }

  @Test
  void passdownCountsForWhatIsFreedLater() {
    fillPool();
    f.pool.commit();
    long held = f.memory.hostBytes();
    f.pool.setPolicy(new PoolPolicy(0, 0, NoSpacePolicy.ERROR, 0, false));
    f.discard("disk", 0, 100);
    f.pool.awaitRemovals();
    assertTrue(f.memory.hostBytes() >= held - 50L * BLOCK, "kept");
    set(NoSpacePolicy.ERROR, 0);
    f.discard("disk", 100, 300);
    f.pool.awaitRemovals();
    assertTrue(f.memory.hostBytes() <= held - 250L * BLOCK, "given back");
  }

  @Test
  void valuesOutOfRangeAreRefusedAndChangeNothing() {
    PoolStatus before = f.pool.status();
    for (PoolPolicy wrong :
        new PoolPolicy[] {
          new PoolPolicy((long) (BLOCKS - 1) * BLOCK, 0, NoSpacePolicy.ERROR, 0, true),
          new PoolPolicy(-1, 0, NoSpacePolicy.ERROR, 0, true),
          new PoolPolicy(1L << 62, 0, NoSpacePolicy.ERROR, 0, true),
          new PoolPolicy(0, -1, NoSpacePolicy.ERROR, 0, true),
          new PoolPolicy(0, 0, NoSpacePolicy.ERROR, -1, true)
        }) {
      PoolException refused =
          assertThrows(PoolException.class, () -> f.pool.setPolicy(wrong), wrong.toString());
      assertEquals(PoolException.Severity.REQUEST, refused.severity());
    }
    assertEquals(before, f.pool.status());
  }
}
