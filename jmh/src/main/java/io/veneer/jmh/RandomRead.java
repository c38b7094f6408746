// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * What does a random read of 4 KiB cost when everything is in the page cache?
 *
 * <p>Floor: {@link #mapped}, the same copy straight from the pool's mapped data file, drawn at the
 * same kind of places. The difference is entering, one tree walk and the marks of {@code
 * GuardedCopy}.
 *
 * <p>Run: {@code jmh/measure.sh --jmh RandomRead -t 1 -p blockSizeBytes=65536 -prof gc}. Threads:
 * {@code -t}. Results: jmh/README.md.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RandomRead extends PoolBenchmark {

  /** Reads from a thin device. */
  @Benchmark
  public ByteBuffer thin(WrittenDevice state, Cursor cursor) {
    state.device.read(cursor.nextOffset(state.sizeBytes), cursor.buffer.clear());
    return cursor.buffer;
  }

  /** The floor: copies from the mapped data file. */
  @Benchmark
  public ByteBuffer mapped(WrittenDevice state, Cursor cursor) {
    int offset = (int) cursor.nextOffset(state.sizeBytes);
    return cursor.buffer.clear().put(0, state.mapping, offset, REQUEST_BYTES);
  }
}
