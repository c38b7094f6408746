// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads and buffers for what the reader of a connection does not do itself. Nothing waits for
 * either: when all are in use, the reader is told so and does the request itself. So clients that
 * use up everything can take from others that they are served in parallel, but not that they are
 * served. Any thread.
 */
final class Workers implements AutoCloseable {
  /** A payload that fits a small buffer. */
  static final int SMALL_BYTES = 64 << 10;

  /** A payload that fits a large buffer; no block of a device is larger. */
  static final int LARGE_BYTES = 1 << 20;

  /** What a buffer holds beyond the payload: the headers of all chunks that it may go out in. */
  private static final int HEADERS_BYTES = 4 << 10;

  static final int SMALL_BUFFER_BYTES = SMALL_BYTES + HEADERS_BYTES;
  private static final int LARGE_BUFFER_BYTES = LARGE_BYTES + HEADERS_BYTES;
  private static final long IDLE_SECONDS = 20;
  private static final int STACK_BYTES = 256 << 10;

  private final ThreadPoolExecutor threads;
  private final int threadsMax;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger serial = new AtomicInteger();
  private final RequestPool small;
  private final RequestPool large;

  /** Buffers take at most so many bytes; a third of them is small. */
  Workers(int threadsMax, long bufferBytesMax) {
    this.threadsMax = threadsMax;
    this.small = pool(SMALL_BUFFER_BYTES, bufferBytesMax / 3);
    this.large = pool(LARGE_BUFFER_BYTES, bufferBytesMax - bufferBytesMax / 3);
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            this::newThread);
  }

  private static RequestPool pool(int bufferBytes, long bytesMax) {
    return new RequestPool(bufferBytes, Math.toIntExact(bytesMax / bufferBytes));
  }

  private Thread newThread(Runnable job) {
    String name = "nbd-worker-" + serial.incrementAndGet();
    Thread thread = new Thread(null, job, name, STACK_BYTES);
    thread.setDaemon(true);
    return thread;
  }

  RequestPool small() {
    return small;
  }

  RequestPool large() {
    return large;
  }

  /** Has a request run by a worker; false if all are busy. */
  boolean start(Request request) {
    if (running.incrementAndGet() <= threadsMax) {
      try {
        threads.execute(() -> runCounted(request));
        return true;
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        // Closed, or the host has no thread to give: the caller does it.
      }
    }
    running.decrementAndGet();
    return false;
  }

  private void runCounted(Request request) {
    try {
      request.run();
    } finally {
      running.decrementAndGet();
    }
  }

  /** Lets workers end when they are through. */
  @Override
  public void close() {
    threads.shutdown();
  }

  /** Waits for the last worker; false if one was still busy after so long. */
  boolean awaitEnd(Duration longest) throws InterruptedException {
    return threads.awaitTermination(longest.toMillis(), TimeUnit.MILLISECONDS);
  }
}
