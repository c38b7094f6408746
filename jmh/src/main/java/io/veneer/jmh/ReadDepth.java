// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Does a random read of 4 KiB cost more at the end of a chain of 127 snapshots than at the first?
 *
 * <p>The floor of depth 127 is depth 1. In both, the same 127 of 128 blocks are written again in
 * the same order, so that they lie at the same places of the data file; at depth 127 each snapshot
 * of the chain writes its share, at depth 1 one writes all.
 *
 * <p>Run: {@code jmh/measure.sh --jmh ReadDepth}. Results: jmh/README.md.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadDepth extends PoolBenchmark {
  static final int DEEP = 127;

  /** The last device of a chain. */
  @State(Scope.Benchmark)
  public static class Chain {
    @Param({"1", "127"})
    int depth = DEEP;

    @Param("1073741824")
    long sizeBytes = GIB;

    BenchmarkPool pool;
    BlockDevice device;

    /** Builds the chain. */
    @Setup
    public void setUp() {
      pool = BenchmarkPool.create(64 * KIB);
      device = pool.createDevice("layer-0", sizeBytes);
      Content.fill(device);
      BlockOrder order = new BlockOrder(sizeBytes / device.blockSizeBytes());
      for (int layer = 1; layer <= depth; layer++) {
        device = pool.createSnapshot("layer-" + layer, device.name());
        rewrite(order, (DEEP / depth) * (sizeBytes / device.blockSizeBytes() / (DEEP + 1)));
      }
      pool.pool().commit();
    }

    private void rewrite(BlockOrder order, long blocks) {
      ByteBuffer block = ByteBuffer.allocateDirect(device.blockSizeBytes());
      for (long i = 0; i < blocks; i++) {
        long offset = (long) order.blockOf(order.next()) * block.capacity();
        Content.fill(block, offset);
        block.putLong(0, ~block.getLong(0));
        device.write(offset, block, false);
      }
    }

    /** Looks whether all were written again, and removes all. */
    @TearDown
    public void tearDown() {
      pool.requireUsed(2 * sizeBytes - sizeBytes / (DEEP + 1));
      pool.close();
    }
  }

  /** Reads from the last device of a chain. */
  @Benchmark
  public ByteBuffer read(Chain state, Cursor cursor) {
    state.device.read(cursor.nextOffset(state.sizeBytes), cursor.buffer.clear());
    return cursor.buffer;
  }
}
