// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices give up goes back to the host's file system, unless the pool is told to keep it. */
class PassdownTest {
  private static final int MIB = 1 << 20;
  private static final PoolOptions OPTIONS = PoolOptions.ofSize(256L * MIB);

  @TempDir private Path folder;

  private ThinPool poolWithTwoDevices(PoolOptions options) {
    ThinPool.create(folder.resolve("pool"), options);
    ThinPool pool = ThinPool.open(folder.resolve("pool"));
    byte[] bytes = new byte[16 * MIB];
    new Random(1).nextBytes(bytes);
    for (String name : new String[] {"one", "other"}) {
      pool.createDevice(name, bytes.length);
      try (BlockDevice device = pool.openDevice(name)) {
        device.write(0, ByteBuffer.wrap(bytes), true);
      }
    }
    assertTrue(pool.status().hostDataBytes() >= 2L * bytes.length);
    return pool;
  }

  private static void giveUp(ThinPool pool) {
    try (BlockDevice device = pool.openDevice("one")) {
      device.discard(0, 8L * MIB);
    }
    pool.removeDevice("other");
    pool.awaitRemovals();
    assertEquals(8L * MIB, pool.status().usedDataBytes());
  }

  @Test
  void discardsAndRemovalsShrinkTheHostsFile() {
    try (ThinPool pool = poolWithTwoDevices(OPTIONS)) {
      giveUp(pool);
      long held = pool.status().hostDataBytes();
      assertTrue(held >= 8L * MIB && held < 9L * MIB, "held=" + held);
    }
  }

  @Test
  void withoutPassdownTheHostKeepsItsRoom() {
    try (ThinPool pool = poolWithTwoDevices(OPTIONS.withDiscardPassdown(false))) {
      giveUp(pool);
      assertTrue(pool.status().hostDataBytes() >= 32L * MIB);
      try (BlockDevice device = pool.openDevice("one")) {
        ByteBuffer read = ByteBuffer.allocate(8 * MIB);
        device.read(0, read);
        assertEquals(ByteBuffer.allocate(8 * MIB), read.flip(), "nothing old is seen");
      }
    }
  }
}
