// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.transaction.ForceOrder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A random life of a small pool on recording files, from a seed, beside a plain model of it. Steps
 * can be left out, so that a failure can be shrunk; what a step does depends on the seed and its
 * number only, as far as the devices allow.
 */
public final class RandomRun {
  static final int DEVICE_BYTES = 1 << 20;
  private static final int SECTORS = DEVICE_BYTES / SectorHistory.SECTOR_BYTES;
  private static final int DEVICES_MAX = 8;

  /** Noted in the recording when a step begins and ends. */
  record Mark(int step, boolean ended, boolean committed, SectorHistory flushed) {}

  final long seed;
  final RecordingPoolFiles files = RecordingPoolFiles.create();
  final List<Map<String, SectorHistory>> devicesAfter = new ArrayList<>();
  private final Map<String, SectorHistory> devices = new TreeMap<>();
  private final Map<String, BlockDevice> open = new HashMap<>();
  private final Random settings;
  private final int blockBytes;
  private ThinPool pool;
  private long nextStamp = 1;

  /**
   * A life yet to be lived.
   *
   * @param seed gives all that happens
   */
  public RandomRun(long seed) {
    this.seed = seed;
    this.settings = new Random(seed);
    this.blockBytes = settings.nextBoolean() ? 4096 : 65536;
  }

  /**
   * Does the steps that are not left out, and compares all devices with the model at the end.
   *
   * @param steps how many
   * @param leftOut tells which are left out
   */
  public void run(int steps, IntPredicate leftOut) {
    long dataBytes = settings.nextInt(4) == 0 ? 3 << 20 : 64 << 20;
    ThinPool.create(files, PoolOptions.ofSize(dataBytes).withBlockSize(blockBytes));
    devicesAfter.add(Map.of());
    pool = ThinPool.open(files, false, anyOrder(settings.nextLong()));
    try {
      for (int step = 1; step <= steps; step++) {
        files.note(new Mark(step, false, false, null));
        boolean did = !leftOut.test(step);
        Mark end =
            did ? step(step, new Random(seed * 31 + step)) : new Mark(step, true, false, null);
        devicesAfter.add(new TreeMap<>(devices));
        files.note(end);
      }
      compareWithModel();
    } finally {
      pool.close();
    }
  }

  /** A pool forces data and metadata at once, so either may be over first. */
  private static ForceOrder anyOrder(long seed) {
    Random random = new Random(seed);
    return (data, metadata) -> {
      boolean dataFirst = random.nextBoolean();
      (dataFirst ? data : metadata).run();
      (dataFirst ? metadata : data).run();
    };
  }

  private Mark step(int step, Random random) {
    int kind = random.nextInt(100);
    String name = pick(random);
    try {
      if (name == null || kind < 5) {
        create(step);
      } else if (kind < 17) {
        snapshot(step, name);
      } else if (kind < 22) {
        remove(name);
      } else if (kind < 26) {
        rename(step, name);
      } else if (kind < 30) {
        pool.commit();
        return new Mark(step, true, true, null);
      } else if (kind < 36) {
        pool.tend();
      } else if (kind < 44) {
        device(name).flush();
        return new Mark(step, true, false, devices.get(name));
      } else {
        change(step, name, random);
      }
    } catch (OutOfDataSpaceException e) {
      // A small pool is full now and then. What the write did before is in the model as possible.
      compensate(step, name);
    }
    return new Mark(step, true, false, null);
  }

  private String pick(Random random) {
    List<String> names = new ArrayList<>(devices.keySet());
    return names.isEmpty() ? null : names.get(random.nextInt(names.size()));
  }

  private void create(int step) {
    if (devices.size() < DEVICES_MAX) {
      pool.createDevice("device" + step, DEVICE_BYTES);
      devices.put("device" + step, SectorHistory.empty(step, SECTORS));
    }
  }

  private void snapshot(int step, String name) {
    if (devices.size() < DEVICES_MAX) {
      pool.createSnapshot("snapshot" + step, name);
      devices.put("snapshot" + step, devices.get(name).snapshot(step));
    }
  }

  private void remove(String name) {
    if (open.containsKey(name)) {
      open.remove(name).close();
    }
    pool.removeDevice(name);
    devices.remove(name);
  }

  private void rename(int step, String name) {
    pool.renameDevice(name, "renamed" + step);
    devices.put("renamed" + step, devices.remove(name));
    if (open.containsKey(name)) {
      open.put("renamed" + step, open.remove(name));
    }
  }

  private BlockDevice device(String name) {
    return open.computeIfAbsent(name, pool::openDevice);
  }

  private void change(int step, String name, Random random) {
    boolean whole = random.nextInt(3) == 0;
    int unit = whole ? blockBytes / SectorHistory.SECTOR_BYTES : 1;
    int first = random.nextInt(SECTORS / unit) * unit;
    int most = whole ? 4 : random.nextInt(4) == 0 ? 300 : 20;
    int count = Math.min(SECTORS - first, unit * (1 + random.nextInt(most)));
    if (random.nextInt(4) > 0) {
      write(step, name, first, count, random);
    } else {
      clear(step, name, first, count, random);
    }
  }

  private void write(int step, String name, int first, int count, Random random) {
    ByteBuffer bytes = ByteBuffer.allocate(count * SectorHistory.SECTOR_BYTES);
    boolean zeroes = random.nextInt(20) == 0;
    for (int i = 0; i < count; i++) {
      long stamp = zeroes ? 0 : nextStamp++;
      devices.get(name).write(step, first + i, stamp);
      for (int at = 0; at < SectorHistory.SECTOR_BYTES; at += Long.BYTES) {
        bytes.putLong(stamp);
      }
    }
    long offset = (long) first * SectorHistory.SECTOR_BYTES;
    device(name).write(offset, bytes.flip(), random.nextInt(8) == 0);
  }

  private void clear(int step, String name, int first, int count, Random random) {
    for (int i = 0; i < count; i++) {
      devices.get(name).write(step, first + i, 0);
    }
    long offset = (long) first * SectorHistory.SECTOR_BYTES;
    long length = (long) count * SectorHistory.SECTOR_BYTES;
    if (random.nextBoolean()) {
      device(name).discard(offset, length);
    } else {
      device(name).writeZeroes(offset, length, random.nextBoolean(), random.nextInt(8) == 0);
    }
  }

  /** After a write that stopped half way, the model takes over what the device holds. */
  private void compensate(int step, String name) {
    if (name == null || !devices.containsKey(name)) {
      return;
    }
    byte[] content = contentOf(pool, name);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    for (int i = 0; i < SECTORS; i++) {
      devices.get(name).write(step, i, bytes.getLong(i * SectorHistory.SECTOR_BYTES));
    }
  }

  private void compareWithModel() {
    devices.forEach(
        (name, history) -> {
          String difference = history.differsFromNow(contentOf(pool, name));
          if (difference != null) {
            throw new IllegalStateException("device=" + name + " " + difference);
          }
        });
  }

  static byte[] contentOf(ThinPool pool, String name) {
    try (BlockDevice device = pool.openDevice(name)) {
      byte[] content = new byte[(int) device.sizeBytes()];
      device.read(0, ByteBuffer.wrap(content));
      return content;
    }
  }
}
