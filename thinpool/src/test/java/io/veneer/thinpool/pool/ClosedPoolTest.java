// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolStatus;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** After a pool was closed, on real files, nothing touches them any more. */
class ClosedPoolTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;
  private ThinPool pool;
  private BlockDevice device;

  @BeforeEach
  void open() {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(64 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
    pool.createDevice("disk", 16 * MIB);
    pool.createDevice("other", 16 * MIB);
    device = pool.openDevice("disk");
    device.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}), false);
  }

  private static Executable refuses(Executable request) {
    return () -> {
      PoolException refused = assertThrows(PoolException.class, request);
      assertTrue(refused.getMessage().contains("closed"), refused.getMessage());
    };
  }

  @Test
  void everyRequestSaysThatThePoolIsClosed() {
    pool.close();
    assertAll(
        refuses(() -> device.read(0, ByteBuffer.allocate(3))),
        refuses(() -> device.write(0, ByteBuffer.allocate(3), false)),
        refuses(() -> device.write(0, ByteBuffer.allocate(3), true)),
        refuses(() -> device.discard(0, MIB)),
        refuses(() -> device.writeZeroes(0, MIB, true, false)),
        refuses(() -> device.flush()),
        refuses(() -> device.extents(0, MIB, (offset, length, kind) -> true)),
        refuses(() -> pool.createDevice("new", MIB)),
        refuses(() -> pool.createSnapshot("new", "disk")),
        refuses(() -> pool.openDevice("other")),
        refuses(() -> pool.openDeviceReadOnly("other")),
        refuses(() -> pool.devices()),
        refuses(() -> pool.device("disk")),
        refuses(() -> pool.usage("disk")),
        refuses(() -> pool.changedSince("disk", "other", (offset, length, kind) -> true)),
        refuses(() -> pool.commit()),
        refuses(() -> pool.awaitRemovals()),
        refuses(() -> pool.growData(128 * MIB)),
        refuses(() -> pool.growMetadata(256 * MIB)),
        refuses(() -> pool.reserveMetadataSnapshot()),
        refuses(() -> pool.releaseMetadataSnapshot()));
  }

  @Test
  void statusSaysFailedAndClosingAgainDoesNothing() {
    pool.close();
    pool.close();
    assertEquals(PoolMode.FAILED, pool.status().mode());
    device.close();
    device.close();
  }

  @Test
  void keepsWhatWasWrittenWithoutAFlush() {
    pool.close();
    try (ThinPool again = ThinPool.open(folder.resolve("pool"));
        BlockDevice disk = again.openDevice("disk")) {
      ByteBuffer read = ByteBuffer.allocate(3);
      disk.read(0, read);
      assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), read.flip());
    }
  }

  @Test
  @Timeout(60)
  void closingBesideAllKindsOfRequestsEndsThemCleanly() throws Exception {
    for (int round = 0; round < 5; round++) {
      closeBesideRequests(round);
    }
  }

  private void closeBesideRequests(int round) throws Exception {
    Path path = folder.resolve("busy" + round);
    ThinPool.create(path, PoolOptions.ofSize(64 * MIB));
    ThinPool busy = ThinPool.open(path);
    busy.createDevice("disk", 16 * MIB);
    BlockDevice disk = busy.openDevice("disk");
    AtomicReference<Throwable> strange = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    List<Runnable> requests =
        List.of(
            () -> disk.write(8192, ByteBuffer.allocate(70_000).putInt(0, 7), true),
            () -> disk.read(0, ByteBuffer.allocate(100_000)),
            () -> disk.discard(0, 4 * MIB),
            () -> disk.flush(),
            () -> busy.status(),
            () -> busy.devices(),
            () -> busy.awaitRemovals(),
            () -> {
              busy.createSnapshot("snap", "disk");
              busy.removeDevice("snap");
            });
    for (Runnable request : requests) {
      threads.add(new Thread(() -> repeatUntilClosed(busy, request, strange)));
    }
    threads.forEach(Thread::start);
    Thread.sleep(100);
    busy.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertNull(strange.get(), () -> "round " + round + ": " + strange.get());
    ThinPool.open(path).close();
  }

  private static void repeatUntilClosed(
      ThinPool busy, Runnable request, AtomicReference<Throwable> strange) {
    try {
      while (busy.status().mode() != PoolMode.FAILED) {
        request.run();
      }
    } catch (PoolException e) {
      if (!e.getMessage().contains("closed")) {
        strange.set(e);
      }
    } catch (RuntimeException | Error e) {
      strange.set(e);
    }
  }

  @Test
  @Timeout(20)
  void listenerMayCloseThePool() throws Exception {
    Path path = folder.resolve("heard");
    ThinPool.create(path, PoolOptions.ofSize(MIB).withLowWater(MIB));
    ThinPool heard = ThinPool.open(path);
    CountDownLatch closed = new CountDownLatch(1);
    heard.addListener(
        new PoolListener() {
          @Override
          public void lowWater(PoolStatus status) {
            heard.close();
            closed.countDown();
          }
        });
    heard.createDevice("disk", MIB);
    try (BlockDevice disk = heard.openDevice("disk")) {
      disk.write(0, ByteBuffer.wrap(new byte[] {1}), false);
    }
    assertTrue(closed.await(10, TimeUnit.SECONDS));
    ThinPool.open(path).close();
  }
}
