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
 * What does the first write of 4 KiB to a shared block cost, without a flush?
 *
 * <p>Floor: {@link #copied}, what nobody can do without: one positional write of the block from a
 * mapped source to a place of a sparse file that was never touched, and one of the 4 KiB. The
 * engine does it in one call, and changes its mapping, which for the first block of a leaf copies a
 * tree node and counts 504 references.
 *
 * <p>Each iteration takes a new snapshot of a device of 1 GiB and writes some of its blocks, each
 * once, all over the device. The pool commits each second as always, and so during some iterations;
 * the floor never does.
 *
 * <p>Run: {@code jmh/measure.sh --jmh FirstWriteShared -t 1 -p blockSizeBytes=65536}; with blocks
 * of 1 MiB add {@code -bs 256 -wbs 256}. The score is for a whole batch. Threads: {@code -t}, up to
 * 4. Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 15, batchSize = FirstWriteShared.BATCH)
@Measurement(iterations = 8, batchSize = FirstWriteShared.BATCH)
public class FirstWriteShared extends PoolBenchmark {
  static final int BATCH = 4096;

  /** One thread's view of the block to copy. */
  @State(Scope.Thread)
  public static class View {
    ByteBuffer mapping;

    /** Maps the source. */
    @Setup
    public void setUp(WrittenFile source) {
      mapping = source.file.map();
    }
  }

  /** Writes to a block that the snapshot shares. */
  @Benchmark
  public void thin(SharedDevice state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    long block = state.order.blockOf(state.order.next());
    long within = cursor.nextOffset(state.blockSizeBytes);
    state.device.write(block * state.blockSizeBytes + within, content, false);
  }

  /** The floor: copies a block and writes over a part of it. */
  @Benchmark
  public void copied(SparseFile state, View view, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    int turn = state.order.next();
    int from = state.order.blockOf(turn) * state.blockSizeBytes;
    long to = (long) turn * state.blockSizeBytes;
    view.mapping.limit(from + state.blockSizeBytes).position(from);
    state.file.write(view.mapping, to);
    state.file.write(content, to + cursor.nextOffset(state.blockSizeBytes));
  }
}
