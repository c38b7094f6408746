// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;

/**
 * An open pool in a folder of its own, with devices that are open until it is closed; then all of
 * it is gone.
 */
final class BenchmarkPool implements AutoCloseable {
  /** Room enough for whatever a benchmark writes before the pool gives freed blocks back. */
  private static final long DATA_BYTES = 64 * PoolBenchmark.GIB;

  private static final int REMOVED_AT_ONCE = 100;

  private final BenchmarkFolder folder = new BenchmarkFolder();
  private final ArrayDeque<BlockDevice> open = new ArrayDeque<>();
  private ThinPool pool;

  private BenchmarkPool() {}

  /** A new pool. */
  static BenchmarkPool create(int blockSizeBytes) {
    BenchmarkPool made = new BenchmarkPool();
    ThinPool.create(made.path(), PoolOptions.ofSize(DATA_BYTES).withBlockSize(blockSizeBytes));
    made.pool = ThinPool.open(made.path());
    return made;
  }

  /** A copy of a pool whose one device, {@link MappedPools#DEVICE}, is mapped from end to end. */
  static BenchmarkPool mapped(long mappedBytes) {
    BenchmarkPool made = new BenchmarkPool();
    MappedPools.copy(mappedBytes, made.path());
    made.pool = ThinPool.open(made.path());
    return made;
  }

  Path path() {
    return folder.file("pool");
  }

  /** The first bytes of the pool's data file, mapped a second time. */
  MappedByteBuffer mapData(long bytes) {
    try (FileChannel data =
        FileChannel.open(
            path().resolve("data"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return data.map(MapMode.READ_WRITE, 0, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ThinPool pool() {
    return pool;
  }

  BlockDevice createDevice(String name, long sizeBytes) {
    pool.createDevice(name, sizeBytes);
    return openDevice(name);
  }

  BlockDevice createSnapshot(String name, String originName) {
    pool.createSnapshot(name, originName);
    return openDevice(name);
  }

  BlockDevice openDevice(String name) {
    BlockDevice device = pool.openDevice(name);
    open.push(device);
    return device;
  }

  /** Removes a device with its blocks. */
  void remove(BlockDevice device) {
    String name = device.name();
    open.remove(device);
    device.close();
    pool.removeDevice(name);
    pool.awaitRemovals();
  }

  /** Removes devices that are not open, with their blocks. */
  void removeAll(List<String> names) {
    for (int from = 0; from < names.size(); from += REMOVED_AT_ONCE) {
      List<String> some = names.subList(from, Math.min(names.size(), from + REMOVED_AT_ONCE));
      pool.transact(
          list -> {
            some.forEach(list::removeDevice);
            return null;
          });
    }
    pool.awaitRemovals();
  }

  /** Fails unless the devices together hold so many bytes, shared ones counted once. */
  void requireUsed(long bytes) {
    long used = pool.status().usedDataBytes();
    if (used != bytes) {
      throw new AssertionError(
          "pool holds not what it should: expected=" + bytes + " used=" + used);
    }
  }

  @Override
  public void close() {
    open.forEach(BlockDevice::close);
    pool.close();
    folder.close();
  }
}
