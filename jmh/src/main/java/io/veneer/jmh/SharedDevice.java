// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A snapshot of a device that is written from end to end, anew for each iteration. */
@State(Scope.Benchmark)
public class SharedDevice {
  @Param({"65536", "4096", "1048576"})
  int blockSizeBytes = 65536;

  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  BenchmarkPool pool;
  BlockDevice device;
  BlockOrder order;

  /** Writes the origin. */
  @Setup
  public void setUp() {
    pool = BenchmarkPool.create(blockSizeBytes);
    Content.fill(pool.createDevice("origin", sizeBytes));
    order = new BlockOrder(sizeBytes / blockSizeBytes);
  }

  /** Takes the snapshot. */
  @Setup(Level.Iteration)
  public void snapshot() {
    device = pool.createSnapshot("snapshot", "origin");
    pool.pool().commit();
  }

  /** Looks whether each write broke sharing, and removes the snapshot. */
  @TearDown(Level.Iteration)
  public void remove() {
    pool.requireUsed(sizeBytes + (long) order.restart() * blockSizeBytes);
    pool.remove(device);
  }

  /** Removes the pool. */
  @TearDown
  public void tearDown() {
    pool.close();
  }
}
