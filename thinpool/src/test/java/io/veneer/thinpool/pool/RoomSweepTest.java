// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.file.HostFault;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles;
import io.veneer.thinpool.transaction.ThreadWatch;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The room of free blocks that a killed process did not give back. */
class RoomSweepTest {
  private static final int FREED = 200;
  private static final int KEPT = 60;

  private final PoolFixture f = PoolFixture.ofBlocks(FREED + KEPT);

  @AfterEach
  void close() {
    f.close();
  }

  /** Free blocks with room lie between blocks in use. */
  private void discardAndKill() {
    f.create("disk", FREED + KEPT);
    f.fill("disk", 0, FREED + KEPT, 1);
    f.pool.commit();
    f.discard("disk", 10, FREED);
    f.pool.commit();
    f.kill();
    assertEquals(FREED + KEPT, roomBlocks(), "nothing was given back before the kill");
  }

  private long roomBlocks() {
    return f.memory.data(BLOCK).hostBytes() / BLOCK;
  }

  private void assertKept() {
    f.assertFilled("disk", 0, 10, 1);
    f.assertZeroes("disk", 10, FREED);
    f.assertFilled("disk", 10 + FREED, KEPT - 10, 1);
  }

  private void tendUntilOver() {
    while (f.pool.tend()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void goesBackAfterTheNextOpening() {
    discardAndKill();
    tendUntilOver();
    assertEquals(KEPT, roomBlocks());
    assertKept();
  }

  @Test
  void goesBackWhenThatPoolIsClosedAtOnce() {
    discardAndKill();
    f.reopen();
    assertEquals(KEPT, roomBlocks());
    assertKept();
  }

  @Test
  void isNotLeftByAClose() {
    f.create("disk", FREED + KEPT);
    f.fill("disk", 0, FREED, 1);
    f.pool.commit();
    f.discard("disk", 0, 10);
    f.reopen();
    assertEquals(FREED - 10, roomBlocks());
    tendUntilOver();
    assertEquals(0, f.files.count(WatchedPoolFiles.Call.DATA_PUNCH), "nothing to look for");
  }

  @Test
  void isLookedForOnce() {
    discardAndKill();
    tendUntilOver();
    f.reopen();
    tendUntilOver();
    assertEquals(0, f.files.count(WatchedPoolFiles.Call.DATA_PUNCH));
  }

  @Test
  void staysWithoutPassdown() {
    f.pool.setPolicy(new PoolPolicy(0, 0, NoSpacePolicy.ERROR, 0, false));
    discardAndKill();
    tendUntilOver();
    assertEquals(FREED + KEPT, roomBlocks());
  }

  @Test
  void aHostThatDoesNotTakeItBackEndsNothing() {
    discardAndKill();
    f.memory.failOnce(0, HostFault.IO_ERROR);
    tendUntilOver();
    f.memory.heal();
    f.fill("disk", 10, FREED, 2);
    f.assertFilled("disk", 10, FREED, 2);
  }

  @Test
  void aWriteThatFindsNoBlockMeanwhileWaits() throws Exception {
    discardAndKill();
    CompletableFuture<Void> write = new CompletableFuture<>();
    f.files.before(
        call -> {
          if (call == WatchedPoolFiles.Call.DATA_PUNCH && !write.isDone()) {
            f.files.before(later -> {});
            Thread writer = new Thread(() -> complete(write, () -> f.fill("disk", 10, 50, 2)));
            writer.start();
            ThreadWatch.awaitPause(writer);
          }
        });
    tendUntilOver();
    write.get(20, TimeUnit.SECONDS);
    f.assertFilled("disk", 10, 50, 2);
  }

  private static void complete(CompletableFuture<Void> future, Runnable work) {
    try {
      work.run();
      future.complete(null);
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void writesMeanwhileFindEveryFreeBlock(int seed) {
    discardAndKill();
    RecordingPoolFiles files = f.memory.reopen();
    byte[] all = new byte[FREED * BLOCK];
    try (ThinPool pool = ThinPool.open(files, true);
        BlockDevice device = pool.openDevice("disk")) {
      for (int i = 0; i < FREED; i++) {
        byte[] content = PoolFixture.content(seed, i);
        System.arraycopy(content, 0, all, i * BLOCK, BLOCK);
        device.write((10L + i) * BLOCK, ByteBuffer.wrap(content), false);
      }
      byte[] read = new byte[FREED * BLOCK];
      device.read(10L * BLOCK, ByteBuffer.wrap(read));
      assertArrayEquals(all, read);
    }
  }
}
