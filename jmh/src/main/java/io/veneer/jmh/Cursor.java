// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One thread's buffer of 4 KiB and its random places. The floor draws its places in the same way,
 * so drawing takes no side.
 */
@State(Scope.Thread)
public class Cursor {
  final ByteBuffer buffer = ByteBuffer.allocateDirect(PoolBenchmark.REQUEST_BYTES);
  private long random = 0x2545_F491_4F6C_DD1DL * (Thread.currentThread().getId() + 1);
  private long offset;

  /** The content that is written wherever it goes, never the same twice in a row. */
  ByteBuffer nextContent() {
    return buffer.putLong(0, random).clear();
  }

  /** A random multiple of 4 KiB below a power of two. */
  long nextOffset(long sizeBytes) {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    offset = random & sizeBytes - PoolBenchmark.REQUEST_BYTES;
    return offset;
  }

  /** The place that was drawn last. */
  long offset() {
    return offset;
  }
}
