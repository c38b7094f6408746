// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What layers on thin volumes hold and cost, in blocks where that can be counted. Times are printed
 * and not asserted, as the machine may have other work.
 */
@Timeout(600)
class ThinCostsIT {
  private static final int BLOCK_BYTES = PoolOptions.DEFAULT_BLOCK_SIZE_BYTES;
  private static final int BLOCKS_OF_A_SMALL_LAYER = 16;
  private static final Map<String, String> NONE = Map.of();

  @TempDir private Path folder;
  private ThinPool pool;
  private Attachments attachments;
  private StorageDriver driver;

  @BeforeEach
  void open() {
    Requirement.skipUnless(HostNodes.isRoot(), "mounting needs root");
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(16L << 30));
    openDriver();
  }

  private void openDriver() {
    pool = ThinPool.open(folder.resolve("pool"));
    attachments = Attachments.open(pool, folder.resolve("run"));
    driver =
        ThinDriver.openMounted(
            pool, attachments, VolumeOptions.ext4(4L << 30), folder.resolve("volumes"));
  }

  @AfterEach
  void close() throws IOException {
    if (driver != null) {
      driver.close();
      attachments.close();
      pool.close();
      for (Path left : HostMounts.mountedUnder(folder)) {
        HostMounts.unmount(left);
      }
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void append(Path file, int bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.allocate(bytes));
      channel.force(true);
    }
  }

  /** Bytes that no block is empty of. */
  private static void fill(Path file, long sizeBytes) throws IOException {
    byte[] chunk = new byte[1 << 20];
    Random random = new Random(sizeBytes);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long done = 0; done < sizeBytes; done += chunk.length) {
        random.nextBytes(chunk);
        channel.write(ByteBuffer.wrap(chunk));
      }
    }
  }

  @Test
  void aLayerAfterAnAppendToALargeFileHoldsAFewBlocks() throws IOException {
    driver.prepare("making", "", NONE);
    fill(driver.get("making").resolve("large"), 1L << 30);
    driver.put("making");
    driver.commit("image", "making", NONE);
    driver.prepare("container", "image", NONE);
    append(driver.get("container").resolve("large"), 4);
    driver.put("container");
    long start = System.nanoTime();
    driver.commit("layer", "container", NONE);
    Usage usage = driver.usage("layer");
    System.out.println("commit after an append: " + millisSince(start) + " ms, " + usage);
    assertTrue(usage.sizeBytes() <= (long) BLOCKS_OF_A_SMALL_LAYER * BLOCK_BYTES, usage::toString);
    assertEquals(
        List.of(new Change("large", ChangeKind.MODIFIED)), driver.changes("layer", "image"));
  }

  /** The files' own blocks and what describes them, but not what went through the journal. */
  @Test
  void aLayerDoesNotHoldItsJournal() throws IOException {
    driver.prepare("making", "", NONE);
    Path root = driver.get("making");
    for (int i = 0; i < 200; i++) {
      append(root.resolve("file" + i), 100); // each forced, so that the journal gets long
    }
    driver.put("making");
    long active = driver.usage("making").sizeBytes();
    driver.commit("layer", "making", NONE);
    long layer = driver.usage("layer").sizeBytes();
    assertTrue(layer < active / 2, "layer=" + layer + " active=" + active);
    driver.prepare("next", "layer", NONE);
    append(driver.get("next").resolve("file7"), 1);
    driver.put("next");
    assertEquals(
        List.of(new Change("file7", ChangeKind.MODIFIED)), driver.changes("next", "layer"));
  }

  @Test
  void countsInodesOfWhatIsMountedAndWhatIsNot() throws IOException {
    driver.prepare("a", "", NONE);
    assertEquals(0, driver.usage("a").inodes());
    Path root = driver.get("a");
    Files.createDirectory(root.resolve("dir"));
    append(root.resolve("dir/file"), 1);
    Files.createSymbolicLink(root.resolve("link"), Path.of("x"));
    assertEquals(3, driver.usage("a").inodes(), "mounted");
    driver.put("a");
    assertEquals(3, driver.usage("a").inodes(), "not mounted");
    driver.commit("layer", "a", NONE);
    assertEquals(3, driver.usage("layer").inodes(), "committed");
    driver.prepare("b", "layer", NONE);
    assertEquals(0, driver.usage("b").inodes());
    append(driver.get("b").resolve("more"), 1);
    driver.put("b");
    assertEquals(1, driver.usage("b").inodes());
  }

  @Test
  void aHundredContainersArePreparedAtOnce() throws Exception {
    driver.prepare("making", "", NONE);
    append(driver.get("making").resolve("file"), 1);
    driver.put("making");
    driver.commit("image", "making", NONE);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    long commits = pool.statistics().commits();
    long start = System.nanoTime();
    try {
      List<Future<?>> prepared = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String key = "container" + i;
        Callable<?> work = () -> driver.prepare(key, "image", NONE);
        prepared.add(threads.submit(work));
      }
      for (Future<?> each : prepared) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.println(
        "100 prepares: "
            + millisSince(start)
            + " ms, commits="
            + (pool.statistics().commits() - commits));
    for (int i = 0; i < 100; i++) {
      assertEquals(0, driver.usage("container" + i).sizeBytes());
    }
  }

  @Test
  void anImageOfAHundredLayersGoesAndGivesItsRoomBack() throws IOException {
    String parent = "";
    for (int i = 0; i < 100; i++) {
      driver.prepare("making", parent, NONE);
      fill(driver.get("making").resolve("file" + i), 1 << 20);
      driver.put("making");
      driver.commit("layer" + i, "making", NONE);
      parent = "layer" + i;
    }
    long before = pool.status().hostDataBytes();
    assertTrue(before > 100L << 20, "before=" + before);
    driver.prepare("top", parent, NONE);
    Path root = driver.get("top");
    for (int i = 0; i < 100; i++) {
      assertEquals(1 << 20, Files.size(root.resolve("file" + i)));
    }
    driver.put("top");
    driver.remove("top");
    long start = System.nanoTime();
    for (int i = 99; i >= 0; i--) {
      driver.remove("layer" + i);
    }
    System.out.println("100 layers removed: " + millisSince(start) + " ms");
    driver.cleanup();
    long after = pool.status().hostDataBytes();
    assertTrue(after < before - (100L << 20), "before=" + before + " after=" + after);
  }

  @Test
  void whatACrashLeftIsNotThereAfterwards() {
    driver.prepare("a", "", NONE);
    pool.createSnapshot("veneer-moment:1:1", "a");
    driver.close();
    attachments.close();
    pool.close();
    openDriver();
    List<String> names = pool.devices().stream().map(DeviceInfo::name).toList();
    assertEquals(2, names.size(), names::toString);
    List<String> keys = new ArrayList<>();
    driver.walk(info -> keys.add(info.key()));
    assertEquals(List.of("a"), keys);
  }
}
