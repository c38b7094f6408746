// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A blocking socket in clear. Owns the channel. */
final class ChannelTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelTransport.class);

  private final SocketChannel channel;

  ChannelTransport(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public void write(ByteBuffer[] sources, int count) throws IOException {
    for (int next = 0; next < count; ) {
      if (next == count - 1) {
        channel.write(sources[next]);
      } else {
        channel.write(sources, next, count - next);
      }
      while (next < count && !sources[next].hasRemaining()) {
        next++;
      }
    }
  }

  @Override
  public void endInput() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      LOG.debug("input could not be ended, closing: {}", e.toString());
      close();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("socket did not close cleanly: {}", e.toString());
    }
  }
}
