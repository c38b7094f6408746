// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.HostFault;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
    OPERATIONS.put("policy", FaultSweepTest::limitLater);
    OPERATIONS.put("metadata snapshot", FaultSweepTest::holdAndRelease);
    OPERATIONS.put("write with FUA", FaultSweepTest::writeWithFua);
    OPERATIONS.put("flush", FaultSweepTest::writeAndFlush);
    OPERATIONS.put("make larger", pool -> pool.resizeDevice("base", 3L * MIB));
    OPERATIONS.put("seal", pool -> change(pool, list -> list.sealDevice("base")));
    OPERATIONS.put("quota", pool -> change(pool, list -> list.setQuota("snap", 5L * MIB)));
    OPERATIONS.put("guarantee", pool -> change(pool, list -> list.setGuarantee("snap", true)));
    OPERATIONS.put("attributes", pool -> change(pool, FaultSweepTest::label));
    OPERATIONS.put("several in one transaction", pool -> change(pool, FaultSweepTest::turnOver));
  }

  private static void use(ThinPool pool, String name, Consumer<BlockDevice> action) {
    try (BlockDevice device = pool.openDevice(name)) {
      action.accept(device);
    }
  }

  /** Writes bytes that tell their place, and that stood nowhere before. */
  private static void write(ThinPool pool, String name, long offset, int length) {
    use(pool, name, device -> device.write(offset, bytes(7, offset, length), false));
  }

  private static ByteBuffer bytes(int seed, long offset, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) (seed * 31 + (offset + i) / SectorHistory.SECTOR_BYTES + (i & 1)));
    }
    return bytes.flip();
  }

  private static void prefill(ThinPool pool, String name, long offset, int length) {
    use(pool, name, device -> device.write(offset, bytes(1, offset, length), false));
  }

  private static void remove(ThinPool pool) {
    pool.removeDevice("base");
    pool.awaitRemovals();
  }

  private static void change(ThinPool pool, Consumer<PoolOperations> operations) {
    pool.transact(
        list -> {
          operations.accept(list);
          return null;
        });
  }

  private static void writeWithFua(ThinPool pool) {
    use(pool, "snap", device -> device.write(BLOCK / 2, bytes(8, 0, 3 * BLOCK), true));
  }

  private static void writeAndFlush(ThinPool pool) {
    use(
        pool,
        "snap",
        device -> {
          device.write(100, ByteBuffer.wrap(new byte[] {1, 2, 3}), false);
          device.flush();
        });
  }

  /** Long enough for blocks of text beside the record. */
  private static void label(PoolOperations list) {
    list.setAttributes("snap", Map.of("label", "l".repeat(9000)));
  }

  private static void limitLater(ThinPool pool) {
    pool.setPolicy(new PoolPolicy(128L * MIB, MIB, NoSpacePolicy.QUEUE, 7, false));
  }

  private static void turnOver(PoolOperations list) {
    list.createSnapshot("kept", "base");
    list.removeDevice("base");
    list.renameDevice("snap", "base");
    list.setAttributes("kept", Map.of("from", "base"));
    list.setTransactionId(0, 7);
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
    requireChange(before, after);
    int at = 0;
    while (failAt(at, operation, fault, before, after)) {
      at++;
      assertTrue(at < OPERATIONS_MAX, "never ends");
    }
    assertTrue(at > 0 || fault == HostFault.NO_SPACE, "nothing was there to fail");
  }

  /** An operation that changes nothing cannot lose anything. */
  private static void requireChange(Map<String, byte[]> before, Map<String, byte[]> after) {
    boolean same =
        before.keySet().equals(after.keySet())
            && before.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue(), after.get(entry.getKey())));
    assertFalse(same, "the operation changes nothing");
  }

  private static ThinPool prepare(RecordingPoolFiles files) {
    ThinPool.create(files, PoolOptions.ofSize(64L * MIB).withBlockSize(BLOCK));
    ThinPool pool = ThinPool.open(files, false);
    pool.createDevice("base", MIB);
    prefill(pool, "base", 0, 150 * BLOCK);
    pool.createSnapshot("snap", "base");
    pool.createDevice("big", 4L * MIB);
    prefill(pool, "big", 3L * MIB, BLOCK);
    use(pool, "base", d -> d.write(120 * BLOCK, bytes(2, 0, 2 * BLOCK), false));
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
    files.failOnce(at, fault);
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
    Map<String, byte[]> atLeast = failure == null ? after : before;
    compare(files.reopen(), atLeast, after, fault);
    compare(files.reopenAsCrashed(CrashKind.NONE, 1), atLeast, after, fault);
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
      contents.put("record of " + device.name(), sector(recordOf(device)));
    }
    PoolStatus status = pool.status();
    contents.put("data size", sector("" + status.totalDataBytes()));
    contents.put("metadata size", sector("" + status.totalMetadataBytes()));
    contents.put("policy", sector(PoolPolicy.of(status).toString()));
    contents.put("transaction id", sector("" + status.transactionId()));
    return contents;
  }

  private static String recordOf(DeviceInfo device) {
    return device.sizeBytes()
        + " "
        + device.quotaBytes()
        + " "
        + device.guaranteed()
        + " "
        + device.sealed()
        + " "
        + device.attributes().hashCode();
  }

  private static byte[] sector(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, SectorHistory.SECTOR_BYTES);
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

  /** Opening cuts off what was not committed; whatever becomes of that, nothing is lost. */
  @ParameterizedTest
  @EnumSource(HostFault.class)
  void openingLosesNothing(HostFault fault) {
    RecordingPoolFiles fine = RecordingPoolFiles.create();
    ThinPool killed = prepare(fine);
    Map<String, byte[]> before = contentsOf(killed);
    write(killed, "base", 250 * BLOCK, BLOCK);
    int failed = 0;
    boolean raised = true;
    for (int at = 0; raised; at++) {
      RecordingPoolFiles files = fine.reopenAsCrashed(CrashKind.KILL, 1);
      files.failOnce(at, fault);
      try {
        ThinPool.open(files, false).close();
      } catch (PoolException e) {
        failed++;
      }
      raised = files.faultRaised();
      files.heal();
      compare(files.reopen(), before, before, fault);
      compare(files.reopenAsCrashed(CrashKind.NONE, 1), before, before, fault);
    }
    assertTrue(failed > 0 || fault != HostFault.IO_ERROR, "nothing was there to fail");
    killed.close();
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
