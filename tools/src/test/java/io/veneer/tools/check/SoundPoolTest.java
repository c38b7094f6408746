// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools as the engine leaves them have nothing wrong in them. */
class SoundPoolTest {
  private static final CheckOptions OPTIONS = CheckOptions.standard();

  @Test
  void emptyPoolIsSound() {
    RecordingPoolFiles files = RecordingPoolFiles.create();
    ThinPool.create(files, PoolOptions.ofSize(SamplePool.MIB * 64));
    assertEquals(List.of(), PoolCheck.run(files, OPTIONS).findings());
  }

  @Test
  void poolWithSharingInAllPlacesIsSound() {
    RecordingPoolFiles files = SamplePool.create();
    CheckReport report = PoolCheck.run(files, OPTIONS);
    assertEquals(List.of(), report.findings());
    assertEquals(SamplePool.DEVICES, report.statistics().devices());
    assertEquals(0, report.statistics().leakedNodes());
    assertEquals(0, report.statistics().leakedDataBlocks());
  }

  @Test
  void heldPoolIsSoundWhileItChanges() {
    RecordingPoolFiles files = SamplePool.create().reopen();
    try (ThinPool pool = ThinPool.open(files)) {
      pool.reserveMetadataSnapshot();
      SamplePool.write(pool, "web", 3, 5);
      pool.removeDevice("base");
      pool.awaitRemovals();
      SamplePool.write(pool, "web", 700, 2);
      pool.commit();
    }
    CheckReport report = PoolCheck.run(files.reopen(), OPTIONS);
    assertEquals(List.of(), report.findings());
  }

  /** It is the user's number; a pool that took it must not be called damaged for it. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void anyTransactionIdIsSound(long id) {
    RecordingPoolFiles files = SamplePool.create().reopen();
    try (ThinPool pool = ThinPool.open(files)) {
      long before = pool.status().transactionId();
      pool.transact(
          list -> {
            list.setTransactionId(before, id);
            return null;
          });
      pool.createDevice("later", SamplePool.MIB);
    }
    try (ThinPool pool = ThinPool.open(files.reopen())) {
      assertEquals(id, pool.status().transactionId());
      assertEquals(id, pool.device("later").createdTransactionId());
    }
    assertEquals(List.of(), PoolCheck.run(files.reopen(), OPTIONS).findings());
  }

  @Test
  void randomHistoriesLeaveSoundPools() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("repeat with -Dseed=" + seed + " -Dtest=SoundPoolTest");
    Random random = new Random(seed);
    for (int round = 0; round < Integer.getInteger("rounds", 20); round++) {
      RecordingPoolFiles files = SamplePool.random(random, 60);
      CheckReport report = PoolCheck.run(files, OPTIONS);
      assertEquals(List.of(), report.findings(), "seed=" + seed + " round=" + round);
    }
  }

  @Test
  void folderIsCheckedWithoutChangingIt(@TempDir Path folder) throws Exception {
    Path home = folder.resolve("pool");
    ThinPool.create(home, PoolOptions.ofSize(64 * SamplePool.MIB).withBlockSize(SamplePool.BLOCK));
    try (ThinPool pool = ThinPool.open(home)) {
      pool.createDevice("disk", SamplePool.MIB);
      SamplePool.write(pool, "disk", 0, 3);
      assertThrows(PoolLockedException.class, () -> PoolCheck.check(home));
    }
    byte[] before = Files.readAllBytes(home.resolve("data"));
    CheckReport report = PoolCheck.check(home);
    assertTrue(report.isSound());
    assertEquals(home.toString(), report.pool());
    assertEquals(3, report.statistics().mappedDataBlocks());
    assertTrue(Arrays.equals(before, Files.readAllBytes(home.resolve("data"))));
  }

  @Test
  void folderThatIsNoPoolIsRefused(@TempDir Path folder) {
    assertThrows(PoolException.class, () -> PoolCheck.check(folder.resolve("none")));
  }

  @Test
  void emptyFilesAreNoSoundPool() {
    CheckReport report = PoolCheck.run(RecordingPoolFiles.create(), OPTIONS);
    assertFalse(report.isSound());
    assertEquals(2, report.fatalCount());
  }

  @Test
  void progressComesToItsEnd() {
    long[] last = new long[2];
    CheckOptions options =
        OPTIONS.reportingTo(
            (done, total) -> {
              assertTrue(done >= last[0] && done <= total);
              last[0] = done;
              last[1] = total;
            });
    PoolCheck.run(SamplePool.create(), options);
    assertTrue(last[0] > last[1] / 2);
  }

  @Test
  void deviceThatIsOpenDoesNotMatterAfterClosing() {
    RecordingPoolFiles files = SamplePool.create().reopen();
    ThinPool pool = ThinPool.open(files);
    BlockDevice open = pool.openDevice("web");
    pool.removeDevice("web");
    pool.commit();
    open.close();
    pool.close();
    CheckReport report = PoolCheck.run(files.reopen(), OPTIONS);
    assertEquals(List.of(), report.findings());
  }
}
