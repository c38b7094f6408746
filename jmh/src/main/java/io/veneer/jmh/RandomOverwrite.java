// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * What does overwriting a random 4 KiB of blocks that the device owns cost, without a flush?
 *
 * <p>Floor: {@link #mapped}, the same copy straight into the pool's mapped data file. The
 * difference is entering, one tree walk, knowing that the block is private and has room, and the
 * check of {@code GuardedCopy}.
 *
 * <p>Run: {@code jmh/measure.sh --jmh RandomOverwrite -t 1 -p blockSizeBytes=65536 -prof gc}.
 * Threads: {@code -t}. Results: jmh/README.md.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RandomOverwrite extends PoolBenchmark {

  /** Overwrites in a thin device. */
  @Benchmark
  public ByteBuffer thin(WrittenDevice state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    state.device.write(cursor.nextOffset(state.sizeBytes), content, false);
    return content;
  }

  /** The floor: copies into the mapped data file. */
  @Benchmark
  public ByteBuffer mapped(WrittenDevice state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    int offset = (int) cursor.nextOffset(state.sizeBytes);
    return state.mapping.put(offset, content, 0, REQUEST_BYTES);
  }
}
