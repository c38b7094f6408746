// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.keep.Keeper;
import io.veneer.driver.keep.KeeperProcesses;
import io.veneer.driver.keep.KeeperStuckException;
import io.veneer.driver.meter.DeviceMeter;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is attached while the keeper does nothing, as one that hangs, and afterwards. */
@Timeout(180)
class StoppedKeeperIT {
  private static final long DEVICE_BYTES = 16L << 20;
  private static final long CALL_SECONDS = 30;

  @TempDir Path given;
  private Path folder;
  private ThinPool pool;
  private Attachments attachments;

  @BeforeEach
  void open() throws IOException {
    AttachedPool.requireKeeping();
    folder = given.toRealPath();
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(8 * DEVICE_BYTES));
    pool = ThinPool.open(folder.resolve("pool"));
    Optional<Duration> patience = Optional.of(Duration.ofMinutes(1));
    attachments =
        Attachments.open(pool, folder.resolve("run"), new DeviceMeter("attach"), patience);
    for (String name : List.of("one", "two")) {
      pool.createDevice(name, DEVICE_BYTES);
    }
  }

  @AfterEach
  void close() throws Exception {
    if (pool == null) {
      return;
    }
    KeeperProcesses.goOn(folder.resolve("run"));
    attachments.close();
    while (Keeper.isThere(folder.resolve("run"))) {
      Thread.sleep(10);
    }
    Attachments.open(pool, folder.resolve("run")).close(); // takes back what was cut off
    pool.close();
    assertEquals(List.of(), AttachedPool.remains(folder));
  }

  private Path attach(String name) {
    return attachments.attach(name, false, Via.LOOP).path();
  }

  @Test
  void attachingAndDetachingFailAndWhatIsAttachedGoesOn() throws Exception {
    Path one = attach("one");
    KeeperProcesses.stop(folder.resolve("run"));
    stuck(() -> attach("two"));
    stuck(() -> attachments.detach("one"));
    byte[] bytes = AttachedPool.bytes(1 << 20, 1);
    Path piece = Files.write(folder.resolve("piece"), bytes);
    Program.run("dd", "if=" + piece, "of=" + one, "bs=1M", "oflag=direct", "conv=notrunc");
    assertEquals(List.of("one"), attachments.list().stream().map(Attachment::device).toList());
    KeeperProcesses.goOn(folder.resolve("run"));
    awaitDetached("one");
    assertEquals("two", attachments.attach("two", false, Via.LOOP).device());
    assertArrayEquals(bytes, read("one", bytes.length));
  }

  /**
   * What the kernel holds of it is written back, though the keeper has it open; for that reason the
   * FUSE file is there until the next server comes.
   */
  @Test
  void theServerEndsAndLosesNothing() throws Exception {
    Path one = attach("one");
    byte[] bytes = AttachedPool.bytes(1 << 20, 2);
    Path piece = Files.write(folder.resolve("piece"), bytes);
    Program.run("dd", "if=" + piece, "of=" + one, "bs=1M", "conv=notrunc");
    KeeperProcesses.stop(folder.resolve("run"));
    CompletableFuture.runAsync(attachments::close).get(CALL_SECONDS, TimeUnit.SECONDS);
    assertArrayEquals(bytes, read("one", bytes.length));
  }

  /** Past everything that is attached. */
  private byte[] read(String name, int length) {
    try (BlockDevice device = pool.openDeviceReadOnly(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      device.read(0, bytes);
      return bytes.array();
    }
  }

  private void awaitDetached(String name) throws InterruptedException {
    while (true) {
      try {
        attachments.detach(name);
        return;
      } catch (KeeperStuckException e) {
        Thread.sleep(10);
      }
    }
  }

  /** In a thread of its own, as a call that hangs cannot be interrupted. */
  private static void stuck(Executable call) throws Exception {
    CompletableFuture.runAsync(() -> assertThrows(KeeperStuckException.class, call))
        .get(CALL_SECONDS, TimeUnit.SECONDS);
  }
}
