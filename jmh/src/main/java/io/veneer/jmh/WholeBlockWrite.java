// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does writing a whole block cost that is a hole, or shared? Neither may copy.
 *
 * <p>Floor: {@link #plain}, one positional write of the block to a place of a sparse file that was
 * never touched.
 *
 * <p>Run: {@code jmh/measure.sh --jmh WholeBlockWrite -t 1 -p blockSizeBytes=65536}; with blocks of
 * 1 MiB add {@code -bs 256 -wbs 256}. The score is for a whole batch. Threads: {@code -t}, up to 4.
 * Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 15, batchSize = FirstWriteShared.BATCH)
@Measurement(iterations = 8, batchSize = FirstWriteShared.BATCH)
public class WholeBlockWrite extends PoolBenchmark {

  /** One thread's block. */
  @State(Scope.Thread)
  public static class Block {
    ByteBuffer content;
    private long count;

    /** The content, never the same twice. */
    ByteBuffer next(int blockSizeBytes) {
      if (content == null) {
        content = ByteBuffer.allocateDirect(blockSizeBytes);
        Content.fill(content, GIB);
      }
      return content.putLong(0, ++count).clear();
    }
  }

  /** Writes whole blocks to holes. */
  @Benchmark
  public void thinToHole(EmptyDevice state, Block block) {
    long virtualBlock = state.order.blockOf(state.order.next());
    write(state.device, virtualBlock, block.next(state.blockSizeBytes));
  }

  /** Writes whole blocks over shared ones. */
  @Benchmark
  public void thinToShared(SharedDevice state, Block block) {
    long virtualBlock = state.order.blockOf(state.order.next());
    write(state.device, virtualBlock, block.next(state.blockSizeBytes));
  }

  private static void write(BlockDevice device, long virtualBlock, ByteBuffer content) {
    device.write(virtualBlock * content.capacity(), content, false);
  }

  /** The floor: writes the block to a sparse file. */
  @Benchmark
  public void plain(SparseFile state, Block block) {
    ByteBuffer content = block.next(state.blockSizeBytes);
    state.file.write(content, (long) state.order.next() * state.blockSizeBytes);
  }
}
