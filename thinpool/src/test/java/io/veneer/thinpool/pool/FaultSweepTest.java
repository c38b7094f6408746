// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.HostFault;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kind of operation, with every kind of failure of its first, second, third … file operation,
 * until none is left to fail. After each: the error is one of the pool's, reading goes on, and what
 * is on the disk, now and after a power cut, is as before the operation or as after it, sector by
 * sector. After a full disk the pool goes on as if nothing had been.
 */
class FaultSweepTest {
  private static final int BLOCK = 4096;
  private static final int MIB = 1 << 20;
  private static final int OPERATIONS_MAX = 2000;

  private static final Map<String, Consumer<ThinPool>> OPERATIONS = new LinkedHashMap<>();

  static {
    OPERATIONS.put("create a device", pool -> pool.createDevice("new", MIB));
    OPERATIONS.put("provision", pool -> write(pool, "base", 200 * BLOCK, 2 * BLOCK));
    OPERATIONS.put("break sharing", pool -> write(pool, "snap", 100, 5000));
    OPERATIONS.put("write whole blocks", pool -> write(pool, "snap", 4 * BLOCK, 8 * BLOCK));
    OPERATIONS.put("write in place", pool -> write(pool, "base", 120 * BLOCK, BLOCK));
    OPERATIONS.put("snapshot", pool -> pool.createSnapshot("new", "base"));
    OPERATIONS.put("remove and reclaim", FaultSweepTest::remove);
    OPERATIONS.put("discard", pool -> use(pool, "base", device -> device.discard(100, 400_000)));
    OPERATIONS.put(
        "write zeroes", pool -> use(pool, "snap", d -> d.writeZeroes(5000, 30_000, false, true)));
    OPERATIONS.put("shrink", pool -> pool.resizeDevice("big", MIB));
    OPERATIONS.put("rename", pool -> pool.renameDevice("base", "other"));
    OPERATIONS.put("grow data", pool -> pool.growData(128L * MIB));
    OPERATIONS.put("grow metadata", pool -> pool.growMetadata(1024L * MIB));
    OPERATIONS.put("metadata snapshot", FaultSweepTest::holdAndRelease);
  }

  private static void use(ThinPool pool, String name, Consumer<BlockDevice> action) {
    try (BlockDevice device = pool.openDevice(name)) {
      action.accept(device);
    }
  }

  private static void write(ThinPool pool, String name, long offset, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    use(pool, name, device -> device.write(offset, ByteBuffer.wrap(bytes), false));
  }

  private static void remove(ThinPool pool) {
    pool.removeDevice("base");
    pool.awaitRemovals();
  }

  private static void holdAndRelease(ThinPool pool) {
    pool.reserveMetadataSnapshot();
    write(pool, "base", 0, BLOCK);
    pool.commit();
    pool.releaseMetadataSnapshot();
  }

  @TestFactory
  Stream<DynamicTest> loseNothing() {
    return OPERATIONS.keySet().stream()
        .flatMap(
            name ->
                Stream.of(HostFault.values())
                    .map(
                        fault ->
                            DynamicTest.dynamicTest(
                                name + ", " + fault, () -> sweep(OPERATIONS.get(name), fault))));
  }

  private static void sweep(Consumer<ThinPool> operation, HostFault fault) {
    RecordingPoolFiles fine = RecordingPoolFiles.create();
    Map<String, byte[]> before;
    Map<String, byte[]> after;
    try (ThinPool pool = prepare(fine)) {
      before = contentsOf(pool);
      runAndCommit(pool, operation);
      after = contentsOf(pool);
    }
    int at = 0;
    while (failAt(at, operation, fault, before, after)) {
      at++;
      assertTrue(at < OPERATIONS_MAX, "never ends");
    }
  }

  private static ThinPool prepare(RecordingPoolFiles files) {
    ThinPool.create(files, PoolOptions.ofSize(64L * MIB).withBlockSize(BLOCK));
    ThinPool pool = ThinPool.open(files, false);
    pool.createDevice("base", MIB);
    write(pool, "base", 0, 150 * BLOCK);
    pool.createSnapshot("snap", "base");
    pool.createDevice("big", 4L * MIB);
    write(pool, "big", 3L * MIB, BLOCK);
    write(pool, "base", 120 * BLOCK, 2 * BLOCK);
    pool.commit();
    pool.tend();
    return pool;
  }

  private static void runAndCommit(ThinPool pool, Consumer<ThinPool> operation) {
    operation.accept(pool);
    pool.commit();
    pool.tend();
  }

  /** Lets one file operation fail; false when there was none left to fail. */
  private static boolean failAt(
      int at,
      Consumer<ThinPool> operation,
      HostFault fault,
      Map<String, byte[]> before,
      Map<String, byte[]> after) {
    RecordingPoolFiles files = RecordingPoolFiles.create();
    ThinPool pool = prepare(files);
    files.failOnce(files.operationCount() + at, fault);
    PoolException failure = null;
    try {
      runAndCommit(pool, operation);
    } catch (PoolException e) {
      failure = e;
    }
    boolean raised = files.faultRaised();
    files.heal();
    assertNotNull(contentsOf(pool), "reading goes on");
    if (fault == HostFault.NO_SPACE) {
      assertEquals(PoolMode.WRITE, pool.status().mode());
      goOn(pool, operation, failure, after);
    }
    closeQuietly(pool);
    compare(files.reopen(), before, after, fault);
    compare(files.reopenAsCrashed(CrashKind.NONE, 1), before, after, fault);
    return raised;
  }

  private static void goOn(
      ThinPool pool,
      Consumer<ThinPool> operation,
      PoolException failure,
      Map<String, byte[]> after) {
    if (failure != null) {
      tryAgain(pool, operation);
    }
    pool.commit();
    Map<String, byte[]> now = contentsOf(pool);
    assertEquals(after.keySet(), now.keySet());
    after.forEach((name, content) -> assertTrue(Arrays.equals(content, now.get(name)), name));
  }

  /**
   * What was done before the failure may be what is refused now: a device that is there, a root
   * that is held.
   */
  private static void tryAgain(ThinPool pool, Consumer<ThinPool> operation) {
    try {
      operation.accept(pool);
    } catch (PoolException e) {
      assertEquals(PoolException.Severity.REQUEST, e.severity(), e.getMessage());
    }
  }

  private static void closeQuietly(ThinPool pool) {
    try {
      pool.close();
    } catch (PoolException e) {
      assertFalse(e.getMessage().isEmpty());
    }
  }

  private static Map<String, byte[]> contentsOf(ThinPool pool) {
    Map<String, byte[]> contents = new TreeMap<>();
    for (DeviceInfo device : pool.devices()) {
      contents.put(device.name(), RandomRun.contentOf(pool, device.name()));
    }
    return contents;
  }

  private static void compare(
      RecordingPoolFiles files,
      Map<String, byte[]> before,
      Map<String, byte[]> after,
      HostFault f) {
    try (ThinPool pool = ThinPool.open(files, false)) {
      assertTrue(f != HostFault.NO_SPACE || !pool.status().needsCheck(), "needs no check");
      Map<String, byte[]> found = contentsOf(pool);
      boolean isOld = found.keySet().equals(before.keySet());
      boolean isNew = found.keySet().equals(after.keySet());
      assertTrue(isOld || isNew, "devices " + found.keySet());
      found.forEach(
          (name, content) -> requireLegal(name, content, before.get(name), after.get(name)));
    }
  }

  private static void requireLegal(String name, byte[] found, byte[] before, byte[] after) {
    for (int at = 0; at < found.length; at += SectorHistory.SECTOR_BYTES) {
      boolean legal = isSame(found, before, at) || isSame(found, after, at);
      assertTrue(legal, "device=" + name + " offset=" + at);
    }
  }

  private static boolean isSame(byte[] found, byte[] expected, int at) {
    int end = at + SectorHistory.SECTOR_BYTES;
    return expected != null
        && end <= expected.length
        && Arrays.equals(found, at, end, expected, at, end);
  }
}
