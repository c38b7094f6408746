// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/**
 * A tar as the body of an answer, in chunks, no faster than the client reads. Nothing is sent
 * before there is a bufferful, so that what fails early can still be told in words. One worker
 * writes; the network thread says when there is room again, or the client is gone.
 */
final class ReplyStream extends OutputStream {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Channel channel;
  private byte[] chunk = new byte[CHUNK_BYTES];
  private int used;
  private boolean begun;

  ReplyStream(Channel channel) {
    this.channel = channel;
  }

  /** Whether the client was told that it succeeds. */
  boolean hasBegun() {
    return begun;
  }

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, chunk.length - used);
      System.arraycopy(bytes, offset + done, chunk, used, count);
      used += count;
      done += count;
      if (used == chunk.length) {
        send();
      }
    }
  }

  /** Sends all there is, and the end. */
  void finish() throws IOException {
    send();
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void send() throws IOException {
    awaitRoom();
    if (!begun) {
      begun = true;
      HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set(HttpHeaderNames.CONTENT_TYPE, GraphdriverProtocol.TAR_TYPE);
      HttpUtil.setTransferEncodingChunked(head, true);
      channel.write(head);
    }
    if (used > 0) {
      channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk, 0, used)));
      chunk = new byte[CHUNK_BYTES];
      used = 0;
    }
  }

  private synchronized void awaitRoom() throws IOException {
    while (channel.isActive() && !channel.isWritable()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while answering");
      }
    }
    if (!channel.isActive()) {
      throw new IOException("the client went away");
    }
  }

  /** Room, or whether there is a client, has changed. */
  synchronized void look() {
    notifyAll();
  }
}
