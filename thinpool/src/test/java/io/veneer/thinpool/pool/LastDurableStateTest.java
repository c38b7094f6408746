// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What the last durable state shares is not written in place, whatever happened since. */
class LastDurableStateTest {
  private static final int BLOCK = 4096;
  private static final long MIB = 1L << 20;

  private final RecordingPoolFiles files = RecordingPoolFiles.create();

  private static void write(ThinPool pool, String name, long block, int value) {
    try (BlockDevice device = pool.openDevice(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
      while (bytes.hasRemaining()) {
        bytes.putInt(value);
      }
      device.write(block * BLOCK, bytes.flip(), false);
    }
  }

  private static int read(ThinPool pool, String name, long block) {
    try (BlockDevice device = pool.openDevice(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
      device.read(block * BLOCK, bytes);
      return bytes.getInt(0);
    }
  }

  @Test
  void keepsWhatARemovedOriginSharedWithItsSnapshot() {
    ThinPool.create(files, PoolOptions.ofSize(64 * MIB).withBlockSize(BLOCK));
    try (ThinPool pool = ThinPool.open(files, false)) {
      pool.createDevice("origin", MIB);
      write(pool, "origin", 7, 1111);
      pool.createSnapshot("snap", "origin");
      pool.commit();
      pool.removeDevice("origin");
      pool.tend();
      write(pool, "snap", 3, 2222);
      write(pool, "snap", 7, 3333);
      assertEquals(3333, read(pool, "snap", 7));
      try (ThinPool crashed = ThinPool.open(files.reopenAsCrashed(CrashKind.KILL, 1), false)) {
        assertEquals(1111, read(crashed, "origin", 7));
        assertEquals(1111, read(crashed, "snap", 7));
      }
    }
  }

  @Test
  void cutsOffWhatWasNotCommitted() {
    ThinPool.create(files, PoolOptions.ofSize(64 * MIB).withBlockSize(BLOCK));
    try (ThinPool pool = ThinPool.open(files, false)) {
      pool.createDevice("device", MIB);
      write(pool, "device", 0, 1111);
      pool.commit();
      long committed = files.data(BLOCK).lengthBytes();
      for (int block = 1; block < MIB / BLOCK; block++) {
        write(pool, "device", block, 2222);
      }
      RecordingPoolFiles killed = files.reopenAsCrashed(CrashKind.KILL, 1);
      assertTrue(killed.data(BLOCK).lengthBytes() > committed);
      try (ThinPool again = ThinPool.open(killed, false)) {
        assertEquals(committed, killed.data(BLOCK).lengthBytes());
        assertEquals(1111, read(again, "device", 0));
        assertEquals(0, read(again, "device", 1));
      }
    }
  }
}
