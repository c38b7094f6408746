// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The body of a request while it comes in. The network thread adds, one worker reads; when much is
 * waiting, no more is taken from the socket until the worker caught up.
 */
final class BodyStream extends InputStream {
  private static final int WAITING_BYTES_MAX = 1 << 20;

  private final Channel channel;

  /** What came and was not read. Guarded by this, as is all below. */
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();

  private int waitingBytes;
  private boolean complete;
  private boolean closed;
  private IOException failure;

  BodyStream(Channel channel) {
    this.channel = channel;
  }

  /** Takes a piece over from the caller. */
  synchronized void add(ByteBuf piece) {
    if (closed || !piece.isReadable()) {
      piece.release();
      return;
    }
    waiting.add(piece);
    waitingBytes += piece.readableBytes();
    if (waitingBytes >= WAITING_BYTES_MAX) {
      channel.config().setAutoRead(false);
    }
    notifyAll();
  }

  /** The last piece was added. */
  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** No more will come, though it should; does nothing if all came. */
  synchronized void fail(IOException cause) {
    if (!complete && failure == null) {
      failure = cause;
      notifyAll();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!awaitPiece()) {
      return -1;
    }
    ByteBuf piece = waiting.peek();
    int count = Math.min(length, piece.readableBytes());
    piece.readBytes(bytes, offset, count);
    if (!piece.isReadable()) {
      waiting.remove().release();
    }
    consumed(count);
    return count;
  }

  /** False at the end. */
  private boolean awaitPiece() throws IOException {
    while (waiting.isEmpty()) {
      if (failure != null) {
        throw new IOException("the request ended in the middle", failure);
      }
      if (complete || closed) {
        return false;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading a request");
      }
    }
    return true;
  }

  private void consumed(int count) {
    boolean wasFull = waitingBytes >= WAITING_BYTES_MAX;
    waitingBytes -= count;
    if (wasFull && waitingBytes < WAITING_BYTES_MAX) {
      channel.config().setAutoRead(true);
    }
  }

  /** Drops what is waiting and what still comes. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    consumed(waitingBytes);
    notifyAll();
  }
}
