// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A raw image that is read once, from its begin to its end. One thread. Closing it closes what it
 * opened itself.
 */
interface RawSource extends Closeable {
  /** The size of an image that is not known before its end. */
  long UNKNOWN_SIZE = -1;

  /** The size in bytes, or {@link #UNKNOWN_SIZE}; known in any case when all was read. */
  long sizeBytes();

  /**
   * Gives the next chunk that may hold other than zeroes; what is passed over is zeroes.
   *
   * @param buffer of {@link Chunks#CHUNK_BYTES}; holds the chunk afterwards, ready to be read from
   * @return the offset of the chunk, a multiple of its size, or -1 when there is no other
   */
  long next(ByteBuffer buffer) throws IOException;
}
