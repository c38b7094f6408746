// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;

/**
 * What does it cost to write 4 KiB and make it durable?
 *
 * <p>Floor: {@link #plain}, the same in a mapped file with one {@code fdatasync}. Where the block
 * was the device's own, one {@code fdatasync} is all there is to it ({@link #overwrite}). Where the
 * mapping changes ({@link #firstWrite}), two more follow it: that of the metadata, and that of the
 * superblock.
 *
 * <p>Run: {@code jmh/measure.sh --jmh FlushCost}. Results: jmh/README.md.
 */
@BenchmarkMode(Mode.SampleTime)
public class FlushCost extends PoolBenchmark {

  /** Writes and flushes what the device owns. */
  @Benchmark
  public void overwrite(WrittenDevice state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    state.device.write(cursor.nextOffset(state.sizeBytes), content, true);
  }

  /** Writes and flushes what the device shares. */
  @Benchmark
  public void firstWrite(SharedDevice state, Cursor cursor) {
    long block = state.order.blockOf(state.order.next());
    state.device.write(block * state.blockSizeBytes, cursor.nextContent(), true);
  }

  /** The floor: stores in a mapped file and forces it. */
  @Benchmark
  public void plain(WrittenFile state, Cursor cursor) {
    ByteBuffer content = cursor.nextContent();
    state.mapping.put((int) cursor.nextOffset(state.sizeBytes), content, 0, REQUEST_BYTES);
    state.file.force();
  }
}
