// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices give up goes back to the host's file system, unless the pool is told to keep it. */
class PassdownTest {
  private static final int MIB = 1 << 20;

  /** Of the host's file system, for its own notes on the file. */
  private static final long NOTES_BYTES_MAX = 256 << 10;

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
  void roomTakenAheadGoesBackOnceADeviceRests() throws InterruptedException {
    try (ThinPool pool = poolWithTwoDevices(OPTIONS)) {
      pool.createDevice("third", 16L * MIB);
      write(pool, "third", 80);
      awaitHostBytes(pool, pool.status().usedDataBytes() + NOTES_BYTES_MAX);
    }
  }

  @Test
  void roomTakenAheadGoesBackWhenThePoolIsClosed() {
    long used;
    try (ThinPool pool = poolWithTwoDevices(OPTIONS)) {
      pool.createDevice("third", 16L * MIB);
      write(pool, "third", 80);
      used = pool.status().usedDataBytes();
    }
    try (ThinPool pool = ThinPool.openReadOnly(folder.resolve("pool"))) {
      long held = pool.status().hostDataBytes();
      assertTrue(held <= used + NOTES_BYTES_MAX, "held=" + held + " used=" + used);
    }
  }

  private static void write(ThinPool pool, String name, int blocks) {
    byte[] bytes = new byte[100];
    new Random(2).nextBytes(bytes);
    try (BlockDevice device = pool.openDevice(name)) {
      for (int i = 0; i < blocks; i++) {
        device.write((long) i * device.blockSizeBytes(), ByteBuffer.wrap(bytes), false);
      }
      device.flush();
    }
  }

  private static void awaitHostBytes(ThinPool pool, long most) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (pool.status().hostDataBytes() > most && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    long held = pool.status().hostDataBytes();
    assertTrue(held <= most, "held=" + held + " most=" + most);
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
