// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a snapshot of an open device cost, until everybody sees it and before its commit?
 *
 * <p>The floor of 1 TiB mapped is 1 GiB mapped: the cost may not depend on it. Two cases: {@link
 * #afterWrite}, the first of a transaction, of a device that was written since its last snapshot,
 * and so the dearest; {@link #again}, one more right behind another.
 *
 * <p>Run: {@code jmh/measure.sh --jmh SnapshotCreation}. The score of {@code again} is for a whole
 * batch. Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 14, time = 1)
@Measurement(iterations = 5, time = 1)
public class SnapshotCreation extends PoolBenchmark {
  static final int BATCH = 500;

  /** A device that is mapped from end to end. */
  @State(Scope.Benchmark)
  public static class Origin {
    @Param({"1073741824", "1099511627776"})
    long mappedBytes = GIB;

    BenchmarkPool pool;
    BlockDevice device;
    String nextName;
    int taken;

    /** Opens a copy of the pool. */
    @Setup
    public void setUp() {
      pool = BenchmarkPool.mapped(mappedBytes);
      device = pool.openDevice(MappedPools.DEVICE);
      name();
    }

    String name() {
      String name = nextName;
      nextName = "snapshot-" + ++taken;
      return name;
    }

    /** Removes the snapshots. */
    @TearDown(Level.Iteration)
    public void remove() {
      pool.removeAll(IntStream.range(1, taken).mapToObj(i -> "snapshot-" + i).toList());
      taken = 0;
      name();
    }

    /** Removes the pool. */
    @TearDown
    public void tearDown() {
      pool.close();
    }
  }

  /** Writes before each snapshot, and commits. */
  @State(Scope.Benchmark)
  public static class Written {
    private static final int PLACES = 64;
    private int next;

    /** Writes to one of a few places all over the device, whose data is no hole after a while. */
    @Setup(Level.Invocation)
    public void write(Origin origin, Cursor cursor) {
      next = (next + 1) % PLACES;
      origin.device.write(origin.mappedBytes / PLACES * next, cursor.nextContent(), false);
      origin.pool.pool().commit();
    }
  }

  /** The first snapshot of a transaction. */
  @Benchmark
  public int afterWrite(Origin state, Written written) {
    return state.pool.pool().createSnapshot(state.name(), MappedPools.DEVICE);
  }

  /** One snapshot after the other. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = 100, batchSize = BATCH)
  @Measurement(iterations = 20, batchSize = BATCH)
  public int again(Origin state) {
    return state.pool.pool().createSnapshot(state.name(), MappedPools.DEVICE);
  }
}
