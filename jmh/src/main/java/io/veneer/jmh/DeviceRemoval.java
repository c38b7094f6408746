// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long is a caller kept who removes a device of 100 GiB that alone holds 1 GiB, and how long
 * until its blocks can be used again?
 *
 * <p>The device is a snapshot of one that is mapped from end to end, and its own blocks are spread
 * over all of it: each leaf of its tree is its own, and holds references to 504 blocks. (They are
 * discarded before they are written, because the origin's data is a hole that nobody should touch:
 * a fault on it has the kernel read ahead by megabytes.) The floor of {@link #remove} is nothing,
 * that of {@link #reclaim} is the punching of 1 GiB out of a file.
 *
 * <p>Run: {@code jmh/measure.sh --jmh DeviceRemoval}. Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class DeviceRemoval extends PoolBenchmark {

  /** A device with blocks of its own between shared ones. */
  @State(Scope.Benchmark)
  public static class Spread {
    @Param("107374182400")
    long sizeBytes = 100 * GIB;

    @Param("1073741824")
    long ownBytes = GIB;

    BenchmarkPool pool;
    private long hostBytesBefore;

    /** Opens a copy of the origin's pool. */
    @Setup
    public void setUp() {
      pool = BenchmarkPool.mapped(sizeBytes);
    }

    /** Makes the device. */
    @Setup(Level.Iteration)
    public void create() {
      hostBytesBefore = pool.pool().status().hostDataBytes();
      pool.pool().createSnapshot("victim", MappedPools.DEVICE);
      try (BlockDevice device = pool.pool().openDevice("victim")) {
        ByteBuffer block = ByteBuffer.allocateDirect(device.blockSizeBytes());
        long blocks = ownBytes / block.capacity();
        long step = sizeBytes / block.capacity() / blocks * block.capacity();
        for (long i = 0; i < blocks; i++) {
          Content.fill(block, i * step);
          device.discard(i * step, block.capacity());
          device.write(i * step, block, false);
        }
        device.flush();
      }
    }

    /** Looks whether the host's file became smaller. */
    @TearDown(Level.Iteration)
    public void check() {
      pool.pool().awaitRemovals();
      pool.requireUsed(sizeBytes);
      long left = pool.pool().status().hostDataBytes() - hostBytesBefore;
      if (left > ownBytes / 100) {
        throw new AssertionError("the host's file kept room: bytes=" + left);
      }
    }

    /** Removes the pool. */
    @TearDown
    public void tearDown() {
      pool.close();
    }
  }

  /** What the caller waits for. */
  @Benchmark
  public void remove(Spread state) {
    state.pool.pool().removeDevice("victim");
  }

  /** All of it, up to the last punched block. */
  @Benchmark
  public void reclaim(Spread state) {
    state.pool.pool().removeDevice("victim");
    state.pool.pool().awaitRemovals();
  }
}
