// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to find 1 MiB that changed between two snapshots?
 *
 * <p>The floor of 1 TiB mapped is 1 GiB mapped: what did not change may cost nothing but the one
 * level of nodes that the larger tree has more. The bytes that changed lie together, or spread out
 * as 16 single blocks, each on a path of its own.
 *
 * <p>Run: {@code jmh/measure.sh --jmh SnapshotDifference}. Results: jmh/README.md.
 */
public class SnapshotDifference extends PoolBenchmark {

  /** Two snapshots of a device that was written between them. */
  @State(Scope.Benchmark)
  public static class Snapshots {
    @Param({"1073741824", "1099511627776"})
    long mappedBytes = GIB;

    @Param({"together", "spread"})
    String changes = "together";

    BenchmarkPool pool;

    /** Writes between the snapshots. */
    @Setup
    public void setUp() {
      pool = BenchmarkPool.mapped(mappedBytes);
      BlockDevice device = pool.openDevice(MappedPools.DEVICE);
      pool.pool().createSnapshot("before", device.name());
      int blockBytes = device.blockSizeBytes();
      long blocks = MIB / blockBytes;
      long step = changes.equals("spread") ? mappedBytes / blocks : blockBytes;
      ByteBuffer block = ByteBuffer.allocateDirect(blockBytes);
      for (long i = 0; i < blocks; i++) {
        long offset = mappedBytes / 2 / blocks + i * step & -blockBytes;
        Content.fill(block, offset);
        device.write(offset, block, false);
      }
      pool.pool().createSnapshot("after", device.name());
      pool.pool().commit();
    }

    /** Removes the pool. */
    @TearDown
    public void tearDown() {
      pool.close();
    }
  }

  /** Walks what differs. */
  @Benchmark
  public long changed(Snapshots state) {
    long bytes = changedBytes(state.pool.pool());
    if (bytes != MIB) {
      throw new AssertionError("wrong difference: changed_bytes=" + bytes);
    }
    return bytes;
  }

  private static long changedBytes(ThinPool pool) {
    long[] bytes = new long[1];
    pool.changedSince(
        "after",
        "before",
        (offset, lengthBytes, kind) -> {
          bytes[0] += lengthBytes;
          return true;
        });
    return bytes[0];
  }
}
