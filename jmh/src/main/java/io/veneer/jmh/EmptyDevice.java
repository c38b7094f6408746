// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A device that maps nothing, anew for each iteration. */
@State(Scope.Benchmark)
public class EmptyDevice {
  @Param({"65536", "4096", "1048576"})
  int blockSizeBytes = 65536;

  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  BenchmarkPool pool;
  BlockDevice device;
  BlockOrder order;

  /** Makes the pool. */
  @Setup
  public void setUp() {
    pool = BenchmarkPool.create(blockSizeBytes);
    order = new BlockOrder(sizeBytes / blockSizeBytes);
  }

  /** Makes the device. */
  @Setup(Level.Iteration)
  public void create() {
    device = pool.createDevice("device", sizeBytes);
    pool.pool().commit();
  }

  /** Looks whether each write took a block, and removes the device. */
  @TearDown(Level.Iteration)
  public void remove() {
    pool.requireUsed((long) order.restart() * blockSizeBytes);
    pool.remove(device);
  }

  /** Removes the pool. */
  @TearDown
  public void tearDown() {
    pool.close();
  }
}
