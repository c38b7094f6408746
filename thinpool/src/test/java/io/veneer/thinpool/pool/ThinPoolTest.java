// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of the library does first, on real files. */
class ThinPoolTest {
  private static final int BLOCK = 64 * 1024;
  private static final long MIB = 1L << 20;

  @TempDir Path folder;
  private ThinPool pool;

  @BeforeEach
  void create() {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(1024 * MIB));
    open();
  }

  private void open() {
    pool = ThinPool.open(folder.resolve("pool"));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new java.util.Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void write(String name, long offset, byte[] bytes) {
    try (BlockDevice device = pool.openDevice(name)) {
      device.write(offset, ByteBuffer.wrap(bytes), false);
      device.flush();
    }
  }

  private byte[] read(String name, long offset, int length) {
    byte[] bytes = new byte[length];
    try (BlockDevice device = pool.openDevice(name)) {
      device.read(offset, ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  @Test
  void readsWhatWasWrittenAfterReopening() {
    pool.createDevice("disk", 100 * MIB);
    write("disk", 12_345, bytes(300_000, 1));
    pool.close();
    open();
    assertArrayEquals(bytes(300_000, 1), read("disk", 12_345, 300_000));
    assertArrayEquals(new byte[12_345], read("disk", 0, 12_345));
  }

  @Test
  void snapshotKeepsWhatItsOriginHad() {
    pool.createDevice("disk", 100 * MIB);
    write("disk", 0, bytes(BLOCK * 10, 1));
    pool.createSnapshot("snap", "disk");
    write("disk", 5, bytes(100, 2));
    write("snap", BLOCK * 3 + 7, bytes(200, 3));
    byte[] origin = bytes(BLOCK * 10, 1);
    System.arraycopy(bytes(100, 2), 0, origin, 5, 100);
    byte[] snapshot = bytes(BLOCK * 10, 1);
    System.arraycopy(bytes(200, 3), 0, snapshot, BLOCK * 3 + 7, 200);
    assertArrayEquals(origin, read("disk", 0, BLOCK * 10));
    assertArrayEquals(snapshot, read("snap", 0, BLOCK * 10));
    assertEquals(BLOCK * 2L, pool.usage("disk").exclusiveBytes());
    assertEquals(BLOCK * 12L, pool.status().usedDataBytes());
  }

  @Test
  void removalGivesBlocksBack() {
    pool.createDevice("disk", 100 * MIB);
    write("disk", 0, bytes(BLOCK * 20, 1));
    pool.createSnapshot("snap", "disk");
    write("snap", 0, bytes(BLOCK * 2, 9));
    pool.removeDevice("disk");
    pool.awaitRemovals();
    assertEquals(BLOCK * 20L, pool.status().usedDataBytes());
    assertArrayEquals(bytes(BLOCK * 2, 9), read("snap", 0, BLOCK * 2));
    pool.removeDevice("snap");
    pool.awaitRemovals();
    assertEquals(0, pool.status().usedDataBytes());
    assertEquals(0, pool.status().usedMetadataBytes());
    assertEquals(0, pool.status().deviceCount());
  }

  @Test
  void discardMakesHolesThatReadAsZeroes() {
    pool.createDevice("disk", 100 * MIB);
    write("disk", 0, bytes(BLOCK * 600, 1));
    try (BlockDevice device = pool.openDevice("disk")) {
      device.discard(100, BLOCK * 550);
      List<String> extents = new ArrayList<>();
      device.extents(
          0,
          BLOCK * 601,
          (offset, length, kind) -> extents.add(offset / BLOCK + "+" + length / BLOCK + kind));
      assertEquals(List.of("0+1DATA", "1+549HOLE", "550+50DATA", "600+1HOLE"), extents);
    }
    assertArrayEquals(new byte[BLOCK], read("disk", 100, BLOCK));
  }

  @Test
  void difference() {
    pool.createDevice("disk", 1024 * MIB);
    write("disk", 0, bytes(BLOCK * 600, 1));
    pool.createSnapshot("snap", "disk");
    write("snap", BLOCK * 7L, bytes(BLOCK, 5));
    List<String> changes = new ArrayList<>();
    pool.changedSince(
        "snap",
        "disk",
        (offset, length, kind) -> {
          assertEquals(ExtentKind.DATA, kind);
          return changes.add(offset / BLOCK + "+" + length / BLOCK);
        });
    assertEquals(List.of("7+1"), changes);
  }

  @Test
  void transactionIsAllOrNothing() {
    pool.createDevice("disk", 100 * MIB);
    assertThrows(
        DeviceExistsException.class,
        () ->
            pool.transact(
                list -> {
                  list.createSnapshot("one", "disk");
                  list.renameDevice("disk", "base");
                  return list.createDevice("one", MIB);
                }));
    assertEquals("disk", pool.device("disk").name());
    assertThrows(NoSuchDeviceException.class, () -> pool.device("one"));
    assertTrue(pool.devices().size() == 1);
  }
}
