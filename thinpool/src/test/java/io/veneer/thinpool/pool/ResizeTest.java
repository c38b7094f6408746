// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static io.veneer.thinpool.pool.PoolFixture.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.SizeGuard;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices that grow and shrink, in use and not. */
class ResizeTest {
  private final PoolFixture f = PoolFixture.ofBlocks(4096);

  @AfterEach
  void close() {
    f.close();
  }

  @Test
  void growsWhileInUse() {
    f.create("disk", 256);
    try (BlockDevice device = f.device("disk")) {
      f.pool.resizeDevice("disk", 4 * MIB);
      assertEquals(4 * MIB, device.sizeBytes());
      device.write(4 * MIB - 3, ByteBuffer.wrap(new byte[] {1, 2, 3}), false);
    }
    assertEquals(3, f.readBytes("disk", 4 * MIB - 1, 1)[0]);
  }

  @Test
  void shrinksWhileInUseAndGivesBlocksBack() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    try (BlockDevice device = f.device("disk")) {
      f.pool.resizeDevice("disk", MIB);
      assertEquals(MIB, device.sizeBytes());
      PoolException refused =
          assertThrows(PoolException.class, () -> device.read(MIB, ByteBuffer.allocate(1)));
      assertTrue(refused.getMessage().contains("size=" + MIB), refused.getMessage());
    }
    assertEquals(256, f.usedBlocks());
    f.assertFilled("disk", 0, 256, 1);
  }

  @Test
  void whatWasCutOffReadsAsZeroesWhenItGrowsAgain() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    f.pool.resizeDevice("disk", MIB + 1000);
    f.pool.resizeDevice("disk", 4 * MIB);
    byte[] tail = f.readBytes("disk", MIB, BLOCK);
    byte[] expected = java.util.Arrays.copyOf(PoolFixture.content(1, 256), BLOCK);
    java.util.Arrays.fill(expected, 1024, BLOCK, (byte) 0);
    assertEquals(ByteBuffer.wrap(expected), ByteBuffer.wrap(tail), "rounded up to a sector");
    f.assertZeroes("disk", 257, 767);
  }

  @Test
  void blocksThatACrashLeftBehindTheEndNeverShowAgain() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    f.reopen();
    List<RecordingPoolFiles> killed = new ArrayList<>();
    f.files.before(
        call -> {
          if (call == Call.METADATA_READ && commitBesides()) {
            killed.add(f.memory.reopenAsCrashed(CrashKind.KILL, 1));
          }
        });
    f.pool.resizeDevice("disk", 2 * MIB);
    f.files.before(call -> {});
    int between = 0;
    for (RecordingPoolFiles files : killed) {
      between += shrunkWithBlocksBehindTheEnd(files) ? 1 : 0;
    }
    assertTrue(between > 0, "no commit came between the new size and the unmapping");
  }

  /** Commits on another thread; false if this one holds what a commit needs. */
  private boolean commitBesides() {
    Thread committer = new Thread(f.pool::commit);
    committer.start();
    try {
      committer.join(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return !committer.isAlive();
  }

  private static boolean shrunkWithBlocksBehindTheEnd(RecordingPoolFiles files) {
    try (ThinPool pool = ThinPool.open(files, false)) {
      boolean between =
          pool.device("disk").sizeBytes() == 2 * MIB && pool.device("disk").mappedBytes() > 2 * MIB;
      if (between) {
        pool.resizeDevice("disk", 4 * MIB);
        ByteBuffer gained = ByteBuffer.allocate((int) (2 * MIB));
        try (BlockDevice device = pool.openDevice("disk")) {
          device.read(2 * MIB, gained);
        }
        assertEquals(ByteBuffer.allocate((int) (2 * MIB)), gained.flip());
        assertEquals(2 * MIB, pool.status().usedDataBytes());
      }
      return between;
    }
  }

  @Test
  void snapshotKeepsItsSizeAndContent() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    f.pool.createSnapshot("snap", "disk");
    f.pool.resizeDevice("disk", MIB + 512);
    assertEquals(4 * MIB, f.pool.device("snap").sizeBytes());
    f.assertFilled("snap", 0, 1024, 1);
  }

  @Test
  void refusedTransactionLeavesTheTailAlone() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    assertThrows(
        NoSuchDeviceException.class,
        () ->
            f.pool.transact(
                list -> {
                  list.resizeDevice("disk", MIB + 512);
                  list.removeDevice("nobody");
                  return null;
                }));
    assertEquals(4 * MIB, f.pool.device("disk").sizeBytes());
    f.assertFilled("disk", 0, 1024, 1);
  }

  @Test
  void smallerSizeAndSnapshotNeedTwoTransactions() {
    f.create("disk", 1024);
    assertThrows(
        PoolException.class,
        () ->
            f.pool.transact(
                list -> {
                  list.createSnapshot("snap", "disk");
                  list.resizeDevice("disk", MIB);
                  return null;
                }));
    assertThrows(
        PoolException.class,
        () ->
            f.pool.transact(
                list -> {
                  list.resizeDevice("disk", MIB);
                  return list.createSnapshot("snap", "disk");
                }));
  }

  @Test
  void severalSizesInOneTransactionEndAtTheLast() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    f.pool.transact(
        list -> {
          list.resizeDevice("disk", MIB);
          list.resizeDevice("disk", 2 * MIB);
          list.resizeDevice("disk", 3 * MIB);
          return null;
        });
    assertEquals(3 * MIB, f.pool.device("disk").sizeBytes());
    f.assertFilled("disk", 0, 256, 1);
  }

  @Test
  void writerBehindTheNewEndIsRefusedAndLeavesNothing() throws Exception {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    try (BlockDevice device = f.device("disk")) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  while (true) {
                    byte[] bytes = PoolFixture.content(2, 1000);
                    device.write(1000L * BLOCK, ByteBuffer.wrap(bytes), false);
                  }
                } catch (PoolException expected) {
                  // The range lies outside now.
                }
              });
      writer.start();
      Thread.sleep(20);
      f.pool.resizeDevice("disk", 2 * MIB);
      writer.join();
    }
    assertEquals(512, f.usedBlocks());
    f.pool.resizeDevice("disk", 4 * MIB);
    f.assertZeroes("disk", 512, 512);
  }

  @Test
  void aGuardKeepsDevicesFromGettingSmallerAndFromNothingElse() {
    f.create("disk", 1024);
    f.fill("disk", 0, 1024, 1);
    int id = f.pool.device("disk").id();
    List<String> asked = new ArrayList<>();
    SizeGuard guard =
        (deviceId, name) -> {
          asked.add(deviceId + " " + name);
          throw PoolException.badRequest("in use");
        };
    f.pool.addSizeGuard(guard);
    PoolException refused =
        assertThrows(
            PoolException.class,
            () ->
                f.pool.transact(
                    list -> {
                      list.renameDevice("disk", "renamed");
                      list.resizeDevice("renamed", MIB);
                      return null;
                    }));
    assertEquals("in use", refused.getMessage());
    assertEquals(List.of(id + " renamed"), asked);
    f.assertFilled("disk", 0, 1024, 1);
    f.pool.resizeDevice("disk", 8 * MIB);
    f.pool.resizeDevice("disk", 8 * MIB);
    f.pool.removeSizeGuard(guard);
    f.pool.resizeDevice("disk", MIB);
    assertEquals(MIB, f.pool.device("disk").sizeBytes());
  }

  @Test
  void sealedDeviceKeepsItsSize() {
    f.create("disk", 1024);
    f.pool.transact(
        list -> {
          list.sealDevice("disk");
          return null;
        });
    assertThrows(ReadOnlyException.class, () -> f.pool.resizeDevice("disk", 8 * MIB));
  }
}
