// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A plain file that is one hole at the begin of each iteration. What was written is forced first,
 * as the pool's is when it gives blocks back, so that the disk has the same to do.
 */
@State(Scope.Benchmark)
public class SparseFile {
  @Param({"65536", "4096", "1048576"})
  int blockSizeBytes = 65536;

  @Param("1073741824")
  long sizeBytes = PoolBenchmark.GIB;

  FloorFile file;
  BlockOrder order;

  /** Makes the file. */
  @Setup
  public void setUp() {
    file = new FloorFile(sizeBytes);
    order = new BlockOrder(sizeBytes / blockSizeBytes);
  }

  /** Begins again with a hole. */
  @TearDown(Level.Iteration)
  public void empty() {
    order.restart();
    file.force();
    file.empty();
  }

  /** Removes the file. */
  @TearDown
  public void tearDown() {
    file.close();
  }
}
