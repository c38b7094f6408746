// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.nio.MappedByteBuffer;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A device that is written from end to end, each block its own. */
@State(Scope.Benchmark)
public class WrittenDevice {
  @Param({"65536", "4096", "1048576"})
  int blockSizeBytes = 65536;

  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  BenchmarkPool pool;
  BlockDevice device;

  /** The same pages as the device's, for floors: where pages lie decides what a copy costs. */
  MappedByteBuffer mapping;

  /** Writes the device, which gets the first blocks of the pool, in order. */
  @Setup
  public void setUp() {
    pool = BenchmarkPool.create(blockSizeBytes);
    device = pool.createDevice("device", sizeBytes);
    Content.fill(device);
    pool.pool().commit();
    mapping = pool.mapData(sizeBytes);
  }

  /** Looks whether nothing took a block since, and removes all. */
  @TearDown
  public void tearDown() {
    pool.requireUsed(sizeBytes);
    pool.close();
  }
}
