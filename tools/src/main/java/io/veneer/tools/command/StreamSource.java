// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** An image that comes through a pipe; how long it is shows at its end. */
final class StreamSource implements RawSource {
  private final ReadableByteChannel in;
  private final Closeable owned;
  private long position;
  private boolean ended;

  /** Reads from a channel, and closes what is given beside it. */
  StreamSource(ReadableByteChannel in, Closeable owned) {
    this.in = in;
    this.owned = owned;
  }

  @Override
  public long sizeBytes() {
    return ended ? position : UNKNOWN_SIZE;
  }

  @Override
  public long next(ByteBuffer buffer) throws IOException {
    buffer.clear();
    int length = ended ? 0 : Chunks.fill(in, buffer);
    ended = length < Chunks.CHUNK_BYTES;
    long offset = position;
    position += length;
    return length == 0 ? -1 : offset;
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
