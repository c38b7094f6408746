// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.RecordingPoolFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A pool on recording files, the model that it must be like, and a line of text for each thing
 * done. Opens, closes and crashes it, and compares both at each of these. One thread.
 */
final class ModelLife {
  static final int MIB = 1 << 20;

  /** So small that it is full now and then. */
  private static final int SMALL_MIB = 4;

  /** More than all devices, what waits and what is held can take together. */
  private static final int LARGE_MIB = 96;

  final PoolModel model = new PoolModel();
  final int blockBytes;
  final boolean small;
  private final List<String> log = new ArrayList<>();
  private final Map<String, BlockDevice> open = new HashMap<>();
  private RecordingPoolFiles files = RecordingPoolFiles.create();
  private ThinPool pool;
  private int step;

  ModelLife(Random settings) {
    this.blockBytes = 4096 << 2 * settings.nextInt(3);
    this.small = settings.nextInt(3) == 0;
    long dataBytes = (long) (small ? SMALL_MIB : LARGE_MIB) * MIB;
    ThinPool.create(files, PoolOptions.ofSize(dataBytes).withBlockSize(blockBytes).withLowWater(0));
    pool = ThinPool.open(files, false);
  }

  ThinPool pool() {
    return pool;
  }

  int step() {
    return step;
  }

  void step(int number) {
    step = number;
  }

  /** What was done, a line a step. */
  List<String> log() {
    return log;
  }

  void note(Object... words) {
    StringBuilder line = new StringBuilder().append(step).append(':');
    for (Object word : words) {
      line.append(' ').append(word);
    }
    log.add(line.toString());
  }

  PoolModel.Device of(String name) {
    return model.devices.get(name);
  }

  BlockDevice device(String name) {
    return open.computeIfAbsent(name, pool::openDevice);
  }

  void closeDevice(String name) {
    BlockDevice device = open.remove(name);
    if (device != null) {
      device.close();
    }
  }

  void renamed(String name, String newName) {
    model.devices.put(newName, model.devices.remove(name));
    if (open.containsKey(name)) {
      open.put(newName, open.remove(name));
    }
  }

  /** An operation that may find no space in a small pool, and then has changed nothing. */
  boolean tryOperation(Runnable operation) {
    try {
      operation.run();
      return true;
    } catch (OutOfDataSpaceException e) {
      requireSmall(e);
      note("(no space)");
      return false;
    }
  }

  /** Only a small pool may be full. */
  void requireSmall(OutOfDataSpaceException e) {
    if (!small) {
      throw new IllegalStateException("no space in a pool that has room: " + pool.status(), e);
    }
  }

  static void requireRefused(Runnable change) {
    try {
      change.run();
    } catch (PoolException e) {
      return;
    }
    throw new IllegalStateException("was not refused");
  }

  static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }

  void reopen() {
    note("reopen");
    close();
    audit();
    files = files.reopen();
    pool = ThinPool.open(files, false);
    model.durable();
    model.requireSame(pool);
  }

  void close() {
    open.values().forEach(BlockDevice::close);
    open.clear();
    pool.close();
  }

  void crash(CrashKind kind, long seed) {
    note("crash", kind, seed);
    open.clear();
    files = files.reopenAsCrashed(kind, seed);
    audit();
    pool = ThinPool.open(files, false);
    model.adopt(pool);
  }

  private void audit() {
    List<String> findings = PoolAudit.of(files.reopenReadOnly());
    require(findings.isEmpty(), "audit: " + findings);
  }
}
