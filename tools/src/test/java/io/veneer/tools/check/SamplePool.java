// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small pools with everything in them that a pool can have. */
final class SamplePool {
  static final long MIB = 1L << 20;
  static final int BLOCK = 4096;
  static final int DEVICES = 5;

  private SamplePool() {}

  /**
   * A pool with two levels of mapping nodes, nodes and data blocks shared between devices, a device
   * with text blocks, a sealed one, one with a write guarantee, and an empty one.
   */
  static RecordingPoolFiles create() {
    RecordingPoolFiles files = RecordingPoolFiles.create();
    ThinPool.create(files, PoolOptions.ofSize(64 * MIB).withBlockSize(BLOCK));
    try (ThinPool pool = ThinPool.open(files)) {
      pool.createDevice("base", 8 * MIB);
      write(pool, "base", 0, 60);
      write(pool, "base", 600, 20);
      write(pool, "base", 1500, 1);
      pool.createSnapshot("web", "base");
      write(pool, "web", 10, 4);
      write(pool, "web", 601, 1);
      pool.createSnapshot("db", "web");
      write(pool, "db", 1999, 1);
      pool.transact(
          list -> {
            list.setAttributes("db", Map.of("long", "x".repeat(10_000), "short", "y"));
            list.sealDevice("base");
            return list.createDevice("empty", MIB);
          });
      pool.createDevice("kept", MIB);
      pool.transact(
          list -> {
            list.setGuarantee("kept", true);
            return null;
          });
      write(pool, "kept", 7, 2);
      pool.commit();
    }
    return files.reopen();
  }

  /** A pool after random operations, closed properly. */
  static RecordingPoolFiles random(Random random, int operations) {
    RecordingPoolFiles files = RecordingPoolFiles.create();
    ThinPool.create(files, PoolOptions.ofSize(64 * MIB).withBlockSize(BLOCK));
    try (ThinPool pool = ThinPool.open(files)) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < operations; i++) {
        step(pool, random, names, i);
      }
    }
    return files.reopen();
  }

  private static void step(ThinPool pool, Random random, List<String> names, int number) {
    int choice = random.nextInt(12);
    if (names.isEmpty() || choice == 0) {
      pool.createDevice("device" + number, (1 + random.nextInt(10)) * MIB);
      names.add("device" + number);
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    switch (choice) {
      case 1, 2 -> {
        pool.createSnapshot("snap" + number, name);
        names.add("snap" + number);
      }
      case 3 -> {
        pool.removeDevice(name);
        names.remove(name);
      }
      case 4 -> pool.resizeDevice(name, (1 + random.nextInt(10)) * MIB);
      case 5 -> discard(pool, random, name);
      case 6 -> pool.commit();
      default -> writeSomewhere(pool, random, name);
    }
  }

  private static void writeSomewhere(ThinPool pool, Random random, String name) {
    int blocks = (int) (pool.device(name).sizeBytes() / BLOCK);
    int from = random.nextInt(blocks);
    write(pool, name, from, Math.min(blocks - from, 1 + random.nextInt(30)));
  }

  private static void discard(ThinPool pool, Random random, String name) {
    try (BlockDevice device = pool.openDevice(name)) {
      long from = random.nextInt((int) device.sizeBytes());
      device.discard(from, random.nextInt((int) (device.sizeBytes() - from)));
    }
  }

  /** Writes whole blocks that differ from all others. */
  static void write(ThinPool pool, String name, int block, int blocks) {
    ByteBuffer bytes = ByteBuffer.allocate(blocks * BLOCK);
    while (bytes.hasRemaining()) {
      bytes.putLong(name.hashCode() * 31L + System.nanoTime());
    }
    try (BlockDevice device = pool.openDevice(name)) {
      device.write((long) block * BLOCK, bytes.flip(), false);
      device.flush();
    }
  }
}
