// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commits that nobody asks for, and those that many share. */
@Timeout(60)
class CommitsTest {
  private static final int BLOCK = 4096;
  private static final int FLUSHERS = 8;

  private final RecordingPoolFiles memory = RecordingPoolFiles.create();

  private static void write(BlockDevice device, int block) {
    byte[] bytes = PoolFixture.content(1, block);
    device.write((long) block * BLOCK, ByteBuffer.wrap(bytes), false);
  }

  private static ByteBuffer read(ThinPool pool, int block) {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
    try (BlockDevice device = pool.openDevice("disk")) {
      device.read((long) block * BLOCK, bytes);
    }
    return bytes.flip();
  }

  /** Who keeps what a kill could lose asks after each write. */
  @Test
  void aMappingIsDurableUntilTheNextBlockIsMapped() {
    ThinPool.create(memory, PoolFixture.options(4096));
    try (ThinPool pool = ThinPool.open(memory, false)) {
      pool.createDevice("disk", 1 << 20);
      try (BlockDevice device = pool.openDevice("disk")) {
        write(device, 3);
        assertFalse(device.isMappingDurable(), "a new block");
        device.flush();
        assertTrue(device.isMappingDurable());
        device.write(3 * BLOCK, ByteBuffer.wrap(PoolFixture.content(2, 3)), false);
        assertTrue(device.isMappingDurable(), "in place");
        pool.createSnapshot("snapshot", "disk");
        device.write(3 * BLOCK, ByteBuffer.wrap(PoolFixture.content(3, 3)), false);
        assertFalse(device.isMappingDurable(), "copied");
        pool.commit();
        assertTrue(device.isMappingDurable());
        device.discard(3 * BLOCK, BLOCK);
        assertFalse(device.isMappingDurable(), "given back");
      }
    }
  }

  @Test
  void whatNobodyFlushesIsDurableSoon() throws InterruptedException {
    ThinPool.create(memory, PoolFixture.options(4096));
    try (ThinPool pool = ThinPool.open(memory, true)) {
      pool.createDevice("disk", 1 << 20);
      try (BlockDevice device = pool.openDevice("disk")) {
        write(device, 3);
      }
      long commits = pool.statistics().commits();
      while (pool.statistics().commits() == commits) {
        Thread.sleep(20);
      }
      try (ThinPool left = ThinPool.open(memory.reopenAsCrashed(CrashKind.NONE, 1), false)) {
        assertEquals(ByteBuffer.wrap(PoolFixture.content(1, 3)), read(left, 3));
      }
    }
  }

  /** While one commit is held up, all that come meanwhile are done by the next one or two. */
  @Test
  void flushesThatComeAtTheSameTimeShareACommit() throws Exception {
    ThinPool.create(memory, PoolFixture.options(4096));
    WatchedPoolFiles files = new WatchedPoolFiles(memory);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch forcing = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    try (ThinPool pool = ThinPool.open(files, false)) {
      pool.createDevice("disk", 1 << 20);
      pool.commit();
      final long commits = pool.statistics().commits();
      files.before(
          call -> {
            if (call == Call.DATA_FORCE && first.getAndSet(false)) {
              forcing.countDown();
              await(held);
            }
          });
      List<CompletableFuture<Void>> flushes = new ArrayList<>();
      CountDownLatch written = new CountDownLatch(FLUSHERS);
      flushes.add(CompletableFuture.runAsync(() -> writeAndFlush(pool, 0, written)));
      await(forcing);
      for (int i = 1; i < FLUSHERS; i++) {
        int block = i;
        flushes.add(inThread(() -> writeAndFlush(pool, block, written)));
      }
      await(written);
      held.countDown();
      for (CompletableFuture<Void> flush : flushes) {
        flush.get(20, TimeUnit.SECONDS);
      }
      assertTrue(pool.statistics().commits() - commits < FLUSHERS, "shared");
      try (ThinPool left = ThinPool.open(memory.reopenAsCrashed(CrashKind.NONE, 1), false)) {
        for (int i = 0; i < FLUSHERS; i++) {
          assertEquals(ByteBuffer.wrap(PoolFixture.content(1, i)), read(left, i));
        }
      }
    }
  }

  private static CompletableFuture<Void> inThread(Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            });
    thread.start();
    return done;
  }

  private static void writeAndFlush(ThinPool pool, int block, CountDownLatch written) {
    try (BlockDevice device = pool.openDevice("disk")) {
      write(device, block);
      written.countDown();
      device.flush();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFlushThatChangedNoMappingForcesTheDataAlone() {
    ThinPool.create(memory, PoolOptions.ofSize(16 << 20).withBlockSize(BLOCK));
    WatchedPoolFiles files = new WatchedPoolFiles(memory);
    try (ThinPool pool = ThinPool.open(files, false)) {
      pool.createDevice("disk", 1 << 20);
      try (BlockDevice device = pool.openDevice("disk")) {
        write(device, 0);
        device.flush();
        final long metadata = files.count(Call.METADATA_WRITE) + files.count(Call.METADATA_FORCE);
        final long data = files.count(Call.DATA_FORCE);
        write(device, 0);
        device.flush();
        assertEquals(metadata, files.count(Call.METADATA_WRITE) + files.count(Call.METADATA_FORCE));
        assertEquals(data + 1, files.count(Call.DATA_FORCE));
      }
    }
  }
}
