// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blocking socket in clear. Owns the channel. The reader looks for input for a moment before it
 * waits; meanwhile it holds a lock against closing, since it uses the channel's descriptor itself.
 */
final class ChannelTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelTransport.class);

  private final SocketChannel channel;
  private final int descriptor;
  private final BriefWait briefWait;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile boolean closed;

  ChannelTransport(SocketChannel channel, BriefWait.Lookouts lookouts) {
    this.channel = channel;
    this.descriptor = SocketCalls.descriptorOf(channel);
    this.briefWait = new BriefWait(lookouts);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = target.isDirect() && descriptor >= 0 ? look(target) : 0;
    return count > 0 ? count : channel.read(target);
  }

  private int look(ByteBuffer target) {
    looking.lock();
    try {
      return closed ? 0 : briefWait.receive(descriptor, target, this::isOpen);
    } finally {
      looking.unlock();
    }
  }

  private boolean isOpen() {
    return !closed;
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
  public void offer(ByteBuffer bytes) {
    try {
      channel.configureBlocking(false);
      channel.write(bytes);
    } catch (IOException e) {
      LOG.debug("client did not hear of its end: {}", e.toString());
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
    closed = true;
    looking.lock();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("socket did not close cleanly: {}", e.toString());
    } finally {
      looking.unlock();
    }
  }
}
