// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * The pieces in which images are moved: 1 MiB, aligned, which is whole data blocks whatever their
 * size. Buffers are direct, so that channels need no second copy.
 */
final class Chunks {
  static final int CHUNK_BYTES = 1 << 20;
  private static final ByteBuffer ZEROES =
      ByteBuffer.allocateDirect(CHUNK_BYTES).asReadOnlyBuffer();

  private Chunks() {}

  static ByteBuffer newBuffer() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES);
  }

  /** Empties a buffer and limits it to what is left of the chunk at an offset. */
  static void limitToChunk(ByteBuffer buffer, long offset) {
    buffer.clear().limit(CHUNK_BYTES - (int) (offset & (CHUNK_BYTES - 1)));
  }

  /**
   * Reads until the buffer is full or the input ends, and turns the buffer to be read from.
   *
   * @return how many bytes there are; 0 at the end of the input
   */
  static int fill(ReadableByteChannel in, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining() && in.read(buffer) >= 0) {
      continue;
    }
    buffer.flip();
    return buffer.remaining();
  }

  /** A chunk of zeroes, or less, with its own position. */
  static ByteBuffer zeroes(long lengthBytes) {
    return ZEROES.duplicate().limit((int) Math.min(CHUNK_BYTES, lengthBytes));
  }

  /** Whether a part of a buffer holds nothing but zeroes. */
  static boolean isZero(ByteBuffer buffer, int from, int lengthBytes) {
    return buffer.slice(from, lengthBytes).mismatch(zeroes(lengthBytes)) < 0;
  }
}
