// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the first write of 4 KiB to a hole cost, without a flush?
 *
 * <p>Floor: {@link #zeroed}, one positional write of a block of zeroes with the 4 KiB in it, to a
 * place of a sparse file that was never touched. With blocks above 64 KiB the engine leaves the
 * zeroes to the file system, and can be faster than that.
 *
 * <p>Run: {@code jmh/measure.sh --jmh FirstWriteHole -t 1 -p blockSizeBytes=65536}; with blocks of
 * 1 MiB add {@code -bs 256 -wbs 256}. The score is for a whole batch. Threads: {@code -t}, up to 4.
 * Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 15, batchSize = FirstWriteShared.BATCH)
@Measurement(iterations = 8, batchSize = FirstWriteShared.BATCH)
public class FirstWriteHole extends PoolBenchmark {

  /** One thread's block of zeroes. */
  @State(Scope.Thread)
  public static class Zeroes {
    ByteBuffer block;

    /** Makes the block. */
    @Setup
    public void setUp(SparseFile file) {
      block = ByteBuffer.allocateDirect(file.blockSizeBytes);
    }
  }

  /** Writes to a hole of a thin device. */
  @Benchmark
  public void thin(EmptyDevice state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    long block = state.order.blockOf(state.order.next());
    long within = cursor.nextOffset(state.blockSizeBytes);
    state.device.write(block * state.blockSizeBytes + within, content, false);
  }

  /** The floor: writes a block of zeroes with the bytes in it. */
  @Benchmark
  public void zeroed(SparseFile state, Zeroes zeroes, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    int within = (int) cursor.nextOffset(state.blockSizeBytes);
    zeroes.block.clear().put(within, content, 0, REQUEST_BYTES);
    state.file.write(zeroes.block, (long) state.order.next() * state.blockSizeBytes);
  }
}
