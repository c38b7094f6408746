// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThinDriverTest extends StorageDriverContract {
  private static final Map<String, String> NONE = Map.of();
  private static final int BLOCK_BYTES = PoolOptions.DEFAULT_BLOCK_SIZE_BYTES;

  private ThinPool pool;

  @Override
  protected StorageDriver open(Path folder) {
    Path poolFolder = folder.resolve("pool");
    if (!Files.exists(poolFolder)) {
      ThinPool.create(poolFolder, PoolOptions.ofSize(256L << 20));
    }
    pool = ThinPool.open(poolFolder);
    return ThinDriver.open(pool, CONTENT_BYTES);
  }

  @Test
  void theFirstWriteCopiesTheRestOfItsBlock() {
    byte[] image = givenImage("base", 1);
    driver().prepare("a", "base", NONE);
    overwrite("a", image, 0, piece(1));
    long oneBytes = BLOCK_BYTES - piece(1).length;
    assertEquals(oneBytes, driver().copiedBytes());
    overwrite("a", image, 3 * BLOCK_BYTES - 10, piece(2));
    long twoBytes = 2 * BLOCK_BYTES - piece(2).length;
    assertEquals(oneBytes + twoBytes, driver().copiedBytes(), "a write across two blocks");
    assertEquals(3 * BLOCK_BYTES, driver().usage("a").sizeBytes());
    assertEquals(0, driver().usage("a").inodes());
  }

  @Test
  void usageOfACommittedLayerStaysWhenItGetsChildren() {
    byte[] image = givenImage("base", 2);
    driver().prepare("a", "base", NONE);
    overwrite("a", image, 0, piece(1));
    driver().commit("next", "a", NONE);
    driver().prepare("b", "next", NONE);
    assertEquals(BLOCK_BYTES, driver().usage("next").sizeBytes());
    assertEquals(0, driver().usage("b").sizeBytes());
  }

  @Test
  void theRecordIsTheDevice() {
    givenImage("base", 3);
    driver().view("v", "base", Map.of("team", "one"));
    DeviceInfo base = pool.device("base");
    DeviceInfo view = pool.device("v");
    assertTrue(base.sealed() && view.sealed());
    assertEquals("COMMITTED", base.attributes().get("snapshot.kind"));
    assertEquals("base", view.attributes().get("snapshot.parent"));
    assertEquals("one", view.attributes().get("label.team"));
  }

  @Test
  void devicesOfOthersAreNeitherShownNorTaken() {
    pool.createDevice("someone-elses", 1 << 20);
    assertFails(Kind.NOT_FOUND, () -> driver().stat("someone-elses"));
    assertFails(Kind.NOT_FOUND, () -> driver().remove("someone-elses"));
    assertFails(Kind.ALREADY_EXISTS, () -> driver().prepare("someone-elses", "", NONE));
    List<String> keys = new ArrayList<>();
    driver().walk(info -> keys.add(info.key()));
    assertEquals(List.of(), keys);
  }

  @Test
  void aDamagedRecordIsNamed() {
    driver().prepare("a", "", NONE);
    pool.transact(
        operations -> {
          operations.setAttributes("a", Map.of("snapshot.kind", "FINISHED"));
          return null;
        });
    assertFails(Kind.DATA_LOSS, () -> driver().stat("a"));
  }

  @Test
  void volumesDoNotGrow() {
    driver().prepare("a", "", NONE);
    try (LayerFile file = driver().openFile("a", StorageDriver.VOLUME, OpenMode.WRITE)) {
      assertEquals(CONTENT_BYTES, file.sizeBytes());
      ByteBuffer bytes = ByteBuffer.wrap(piece(1));
      assertFails(Kind.INVALID_ARGUMENT, () -> file.write(CONTENT_BYTES - 1, bytes));
    }
  }

  @Test
  void aFullPoolIsAnErrorOfItsOwnAndReadingGoesOn() {
    byte[] image = givenImage("base", 4);
    int containers = 64;
    for (int i = 0; i < containers; i++) {
      driver().prepare("c" + i, "base", NONE);
    }
    Kind kind = null;
    for (int i = 0; i < containers && kind == null; i++) {
      kind = fill("c" + i, image);
    }
    assertEquals(Kind.RESOURCE_EXHAUSTED, kind);
    assertArrayEquals(image, content("base"));
    assertFails(Kind.RESOURCE_EXHAUSTED, () -> driver().prepare("more", "base", NONE));
    SnapshotInfo container = driver().stat("c" + (containers - 1));
    byte[] kept = content(container.key());
    assertFails(
        Kind.RESOURCE_EXHAUSTED, () -> driver().commitAndContinue("n", container.key(), NONE));
    assertEquals(container, driver().stat(container.key()));
    assertArrayEquals(kept, content(container.key()));
    assertFails(Kind.NOT_FOUND, () -> driver().stat("n"));
    driver().remove("c0");
    driver().cleanup();
    overwrite("c1", image, 0, piece(1));
  }

  @Test
  void aChainOfLayersIsRemovedInOneCommit() {
    String parent = "";
    for (int i = 0; i < 100; i++) {
      driver().prepare("k", parent, NONE);
      driver().commit("layer" + i, "k", NONE);
      parent = "layer" + i;
    }
    long before = pool.statistics().commits();
    assertEquals(100, driver().removeChain(parent, info -> true).size());
    assertTrue(pool.statistics().commits() - before <= 2, "one, and the background's");
    assertEquals(List.of(), pool.devices());
  }

  @Test
  void oneCommitServesPreparesThatComeTogether() throws Exception {
    givenImage("base", 5);
    long before = pool.statistics().commits();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      String key = "c" + i;
      Thread thread = new Thread(() -> driver().prepare(key, "base", NONE));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long commits = pool.statistics().commits() - before;
    assertTrue(commits < 32, "commits=" + commits);
    assertEquals(33, pool.devices().size());
  }

  private Kind fill(String key, byte[] image) {
    byte[] other = image.clone();
    for (int i = 0; i < other.length; i++) {
      other[i] ^= (byte) 0x55;
    }
    try {
      overwrite(key, image, 0, other);
      return null;
    } catch (DriverException e) {
      return e.kind();
    }
  }
}
