// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;

/**
 * What benchmarks write: bytes that tell where they belong, so that a read from a wrong place is
 * noticed.
 */
final class Content {
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

  private Content() {}

  /** Fills a buffer with what belongs at an offset; offset and length are multiples of 8. */
  static void fill(ByteBuffer buffer, long offset) {
    for (int i = 0; i < buffer.capacity(); i += Long.BYTES) {
      buffer.putLong(i, wordAt(offset + i));
    }
    buffer.clear();
  }

  private static long wordAt(long offset) {
    long word = (offset + 1) * STEP;
    return word ^ word >>> 29;
  }

  /** Fails unless a buffer holds what belongs at an offset. */
  static void check(ByteBuffer buffer, long offset) {
    for (int i = 0; i < buffer.capacity(); i += Long.BYTES) {
      if (buffer.getLong(i) != wordAt(offset + i)) {
        throw new AssertionError("wrong content: offset=" + (offset + i));
      }
    }
  }

  /** Writes a device from end to end. */
  static void fill(BlockDevice device) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PoolBenchmark.MIB);
    for (long at = 0; at < device.sizeBytes(); at += buffer.capacity()) {
      fill(buffer, at);
      device.write(at, buffer, false);
    }
  }
}
