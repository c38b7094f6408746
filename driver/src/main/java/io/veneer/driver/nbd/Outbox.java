// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way of replies to one client. Whoever has the turn writes, and writes what others have posted
 * meanwhile too; who finds the turn taken leaves its reply and goes. So a client that does not read
 * stops at most one worker. After a failure the transport is closed and replies are dropped.
 *
 * <p>Any thread; {@link #posted} is guarded by this, {@link #batch} by the turn.
 */
final class Outbox {
  private static final int BATCH_MAX = 16;

  private final Transport transport;
  private final ReentrantLock turn = new ReentrantLock();
  private final ArrayDeque<Request> posted = new ArrayDeque<>();
  private final Request[] batch = new Request[BATCH_MAX];
  private final ByteBuffer[] buffers = new ByteBuffer[BATCH_MAX];
  private final ByteBuffer[] own = new ByteBuffer[1];

  /** Replies posted and not yet released. */
  private volatile int postedCount;

  private volatile boolean broken;

  Outbox(Transport transport) {
    this.transport = transport;
  }

  /** Takes the turn, for several {@link #write}s that belong together. */
  void begin() {
    turn.lock();
  }

  /** Writes what remains in a buffer. With the turn only. */
  void write(ByteBuffer source) throws IOException {
    own[0] = source;
    try {
      transport.write(own, 1);
    } catch (IOException | RuntimeException e) {
      fail();
      throw e;
    }
  }

  /** Gives the turn on, and sends what was posted meanwhile. */
  void end() {
    turn.unlock();
    sendPosted();
  }

  /** Sends what remains in a buffer as one piece; clears it. */
  void send(ByteBuffer source) throws IOException {
    begin();
    try {
      write(source);
    } finally {
      end();
      source.clear();
    }
  }

  /** Sends the reply in a request's buffer, now or by another thread, and releases the request. */
  void post(Request request) {
    synchronized (this) {
      posted.add(request);
      postedCount++;
    }
    sendPosted();
  }

  private void sendPosted() {
    while (postedCount > 0 && turn.tryLock()) {
      try {
        sendBatch();
      } finally {
        turn.unlock();
      }
    }
  }

  private void sendBatch() {
    int count = takeBatch();
    try {
      if (count > 0 && !broken) {
        transport.write(buffers, count);
      }
    } catch (IOException | RuntimeException e) {
      fail();
    } finally {
      releaseBatch(count);
    }
  }

  private synchronized int takeBatch() {
    int count = Math.min(BATCH_MAX, posted.size());
    for (int i = 0; i < count; i++) {
      batch[i] = posted.poll();
      buffers[i] = batch[i].buffer;
    }
    postedCount -= count;
    return count;
  }

  private void releaseBatch(int count) {
    for (int i = 0; i < count; i++) {
      batch[i].release();
      batch[i] = null;
      buffers[i] = null;
    }
  }

  private void fail() {
    broken = true;
    transport.close();
  }
}
