// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.LayerFile;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashHistory;
import io.veneer.thinpool.file.CrashState;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A power cut in the middle of each call: records and contents are those before it or those after
 * it, those after it once it had returned, and the pool has no device besides.
 */
class ThinCrashTest {
  private static final Map<String, String> NONE = Map.of();
  private static final long VOLUME_BYTES = 1 << 20;
  private static final int STATES_AT_A_POINT = 3;
  private static final int BLOCK_BYTES = 4 << 10;

  private interface Call {
    void on(StorageDriver driver);
  }

  @Test
  void prepare() {
    sweep(driver -> driver.prepare("new", "base", Map.of("l", "1")));
  }

  @Test
  void prepareALargerOne() {
    String bytes = Long.toString(2 * VOLUME_BYTES);
    sweep(driver -> driver.prepare("new", "base", Map.of(ThinDriver.SIZE_LABEL, bytes)));
  }

  @Test
  void prepareWithoutAParent() {
    sweep(driver -> driver.prepare("new", "", NONE));
  }

  @Test
  void view() {
    sweep(driver -> driver.view("new", "base", NONE));
  }

  @Test
  void commit() {
    sweep(driver -> driver.commit("committed", "x", Map.of("l", "1")));
  }

  @Test
  void commitAndContinue() {
    sweep(driver -> driver.commitAndContinue("committed", "x", Map.of("l", "1")));
  }

  @Test
  void update() {
    sweep(
        driver -> {
          SnapshotInfo info = driver.stat("x");
          driver.update(info.withLabels(Map.of("l", "2"), info.updatedAt()));
        });
  }

  @Test
  void removeActive() {
    sweep(driver -> driver.remove("x"));
  }

  @Test
  void removeCommitted() {
    sweep(driver -> driver.remove("leaf"));
  }

  private static void sweep(Call call) {
    RecordingPoolFiles files = RecordingPoolFiles.create();
    ThinPool.create(files, PoolOptions.ofSize(64L << 20).withBlockSize(BLOCK_BYTES));
    CrashHistory history;
    SortedMap<String, String> before;
    SortedMap<String, String> after;
    try (ThinPool pool = ThinPool.open(files);
        StorageDriver driver = ThinDriver.share(pool, VOLUME_BYTES)) {
      givenLayers(driver);
      pool.commit();
      before = state(pool, driver);
      files.forgetHistory();
      call.on(driver);
      history = files.history();
      after = state(pool, driver);
    }
    Set<SortedMap<String, String>> seen = new HashSet<>();
    for (int point = 0; point <= history.length(); point++) {
      boolean returned = point == history.length();
      for (CrashState crash : history.statesAt(point, point, STATES_AT_A_POINT)) {
        SortedMap<String, String> found = stateAfter(crash);
        assertTrue(
            found.equals(after) || !returned && found.equals(before),
            () -> crash + "\nfound  " + found + "\nbefore " + before + "\nafter  " + after);
        seen.add(found);
      }
    }
    assertEquals(Set.of(before, after), seen);
  }

  private static void givenLayers(StorageDriver driver) {
    driver.prepare("making", "", NONE);
    write(driver, "making", 0, 1);
    driver.commit("base", "making", NONE);
    driver.prepare("making", "base", NONE);
    write(driver, "making", 1, 2);
    driver.commit("leaf", "making", NONE);
    driver.view("v", "base", NONE);
    driver.prepare("x", "base", Map.of("l", "0"));
    write(driver, "x", 1, 3);
    write(driver, "x", 2, 4);
  }

  private static void write(StorageDriver driver, String key, int block, int value) {
    try (LayerFile file = driver.openFile(key, StorageDriver.VOLUME, OpenMode.WRITE)) {
      file.write((long) block * BLOCK_BYTES, ByteBuffer.wrap(new byte[] {(byte) value}));
      file.force();
    }
  }

  private static SortedMap<String, String> stateAfter(CrashState crash) {
    try (ThinPool pool = ThinPool.open(crash.open());
        StorageDriver driver = ThinDriver.share(pool, VOLUME_BYTES)) {
      return state(pool, driver);
    }
  }

  /** Records with contents, of all devices that the pool has. */
  private static SortedMap<String, String> state(ThinPool pool, StorageDriver driver) {
    SortedMap<String, String> state = new TreeMap<>();
    driver.walk(
        info ->
            state.put(
                info.key(),
                info.kind() + " on " + info.parent() + info.labels() + content(driver, info)));
    List<String> devices = pool.devices().stream().map(DeviceInfo::name).toList();
    assertEquals(state.keySet(), Set.copyOf(devices));
    return state;
  }

  private static String content(StorageDriver driver, SnapshotInfo info) {
    try (LayerFile file = driver.openFile(info.key(), StorageDriver.VOLUME, OpenMode.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeBytes());
      file.read(0, bytes);
      StringBuilder text = new StringBuilder(" of " + bytes.capacity() + ":");
      for (int at = 0; at < bytes.capacity(); at += BLOCK_BYTES) {
        text.append(bytes.get(at) == 0 ? "" : " " + at / BLOCK_BYTES + "=" + bytes.get(at));
      }
      return text.toString();
    }
  }
}
