// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;

/**
 * Requests with direct buffers of one size, at most so many of them. Bounds what all clients
 * together can make the server keep in memory: when there is none left, the thread that reads a
 * client's requests does them itself, in the buffers that its connection has anyway. Any thread.
 */
final class RequestPool {
  private final int bufferBytes;
  private final Request[] free;
  private int freeCount;
  private int madeCount;

  RequestPool(int bufferBytes, int limit) {
    this.bufferBytes = bufferBytes;
    this.free = new Request[limit];
  }

  /** What the buffers hold. */
  int bufferBytes() {
    return bufferBytes;
  }

  /** A request with a clear buffer, to be released; null if all are in use. */
  Request tryTake() {
    synchronized (this) {
      if (freeCount > 0) {
        Request request = free[--freeCount];
        free[freeCount] = null;
        request.buffer.clear();
        return request;
      }
      if (madeCount == free.length) {
        return null;
      }
      madeCount++;
    }
    return make();
  }

  private Request make() {
    try {
      return new Request(this, ByteBuffer.allocateDirect(bufferBytes));
    } catch (OutOfMemoryError e) {
      synchronized (this) {
        madeCount--;
      }
      return null;
    }
  }

  synchronized void give(Request request) {
    free[freeCount++] = request;
  }

  /** How many are in use now. */
  synchronized int usedCount() {
    return madeCount - freeCount;
  }
}
