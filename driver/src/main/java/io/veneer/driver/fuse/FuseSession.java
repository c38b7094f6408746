// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.driver.fuse.FuseProtocol.FallocateIn;
import io.veneer.driver.fuse.FuseProtocol.Transfer;
import io.veneer.driver.meter.DeviceMeter;
import io.veneer.driver.pace.Pace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what the kernel asks on one open {@code /dev/fuse}, from wherever that came: it may be
 * freshly opened, or have been handed over by another process.
 *
 * <p>Some threads wait for requests, and each does what it took itself: waking another would take
 * longer than most requests do. A thread that takes one that may be slow (a flush, a large discard,
 * a write to a pool that is nearly full, anything while the disk is slow) makes sure that another
 * waits in its place, and goes when it comes back and enough are waiting. There can be a thread for
 * each request that the kernel hands out, so none is held up by others that wait for space.
 *
 * <p>Ends when the kernel says that the file is unmounted or the connection was aborted; then the
 * descriptor is closed.
 */
final class FuseSession {
  private static final Logger LOG = LoggerFactory.getLogger(FuseSession.class);
  private static final long LEAVE_PAUSE_NANOS = 1_000_000;
  private static final int STACK_BYTES = 256 << 10;

  /** A mean time of requests from which another waiting thread is worth its waking up. */
  private static final long SLOW_NANOS = 60_000;

  /** For what the kernel does not count among the requests that it has with us. */
  private static final int SPARE_THREADS = 8;

  /** So much memory for requests is left for the next threads, however many there were. */
  private static final int SPARE_REQUESTS_MAX = 16;

  /** Discarding more than this at once is left to a thread that nobody waits for. */
  private static final long QUICK_BYTES_MAX = 1 << 20;

  private final int descriptor;
  private final String name;
  private final FuseOptions options;
  private final FuseOperations operations;
  private final Pace pace = new Pace(SLOW_NANOS);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger serial = new AtomicInteger();
  private final ArrayDeque<FuseRequest> spareRequests = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Requests that were received and not yet answered. */
  private final AtomicInteger busy = new AtomicInteger();

  private volatile boolean over;

  /** Whether another process goes on with the connection. */
  private volatile boolean left;

  FuseSession(int descriptor, String name, FuseOperations operations, FuseOptions options) {
    this.descriptor = descriptor;
    this.name = name;
    this.operations = operations;
    this.options = options;
  }

  /** Starts to answer; once only. */
  void start() {
    running.set(1); // held until all are started, so that the first cannot be the last to end
    for (int i = 0; i < options.readers(); i++) {
      startThread();
    }
    threadEnded();
  }

  /**
   * Starts to answer in the place of another process: first has the kernel send again what that one
   * received and did not answer. What is received here before that would be sent again, too, and be
   * done twice at once, the second time perhaps after a later write to the same place.
   */
  void startOver() {
    resend();
    start();
  }

  private void resend() {
    FuseRequest request = takeRequest();
    try {
      long result = request.notify(descriptor, FuseProtocol.NOTIFY_RESEND);
      if (result < 0) {
        LOG.error("kernel does not resend: device={} cause={}", name, FuseCalls.describe(result));
      }
    } finally {
      giveRequest(request);
    }
  }

  /**
   * Answers nothing any more, so that another process can go on with the connection when this one
   * has ended; false if a request takes longer than that.
   */
  boolean leave(Duration longest) {
    left = true;
    long deadline = System.nanoTime() + longest.toNanos();
    while (busy.get() > 0) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(LEAVE_PAUSE_NANOS);
    }
    return true;
  }

  /** Whether the kernel has not ended it. */
  boolean isAlive() {
    return !over;
  }

  /** Waits until all threads are gone and the descriptor is closed; false if it took too long. */
  boolean awaitEnd(Duration longest) {
    try {
      return ended.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void startThread() {
    if (running.incrementAndGet() > options.requestsMax() + SPARE_THREADS) {
      threadEnded();
      return;
    }
    try {
      String threadName = "fuse-" + name + "-" + serial.incrementAndGet();
      Thread thread = new Thread(null, this::run, threadName, STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
    } catch (OutOfMemoryError e) {
      // The host has no thread to give: those that are there do it, one after the other.
      LOG.warn("no further thread for a FUSE file: device={} threads={}", name, running.get());
      threadEnded();
    }
  }

  private void run() {
    int refused = FuseCalls.becomeFlusher();
    if (refused < 0) {
      LOG.debug("not a flusher: device={} cause={}", name, FuseCalls.describe(refused));
    }
    FuseRequest request = null;
    try {
      request = takeRequest();
      serve(request);
    } finally {
      if (request != null) {
        giveRequest(request);
      }
      threadEnded();
    }
  }

  private void serve(FuseRequest request) {
    boolean stays = true;
    while (stays && !over) {
      waiting.incrementAndGet();
      long received = request.receive(descriptor);
      int others = waiting.decrementAndGet();
      if (received > 0) {
        boolean slow = mayBeSlow(request);
        if (slow && others == 0) {
          startThread();
        }
        answerUnlessLeft(request, slow);
        stays = !left && waiting.get() < options.readers();
      } else {
        checkFailure(-(int) received);
      }
    }
  }

  /**
   * An interrupted or broken-off request is none; everything else ends the session, also the end of
   * what is read, which is 0.
   */
  private void checkFailure(int errno) {
    if (errno != FuseErrno.EINTR && errno != FuseErrno.EAGAIN && errno != FuseErrno.ENOENT) {
      over = true;
      if (errno != FuseErrno.ENODEV && errno != 0) {
        LOG.error("FUSE file fails: device={} cause={}", name, FuseCalls.describe(-errno));
      }
    }
  }

  private boolean mayBeSlow(FuseRequest request) {
    if (!request.has(FuseProtocol.IN_HEADER_BYTES)) {
      return false;
    }
    return switch (request.opcode()) {
      case FuseProtocol.READ -> pace.isSlow();
      case FuseProtocol.WRITE ->
          pace.isSlow()
              || options.writesMayWait().getAsBoolean()
              || request.has(Transfer.END) && FuseOperations.isSynchronous(request);
      case FuseProtocol.FSYNC, FuseProtocol.FLUSH -> true;
      case FuseProtocol.FALLOCATE ->
          !request.has(FallocateIn.END)
              || request.getLong(FallocateIn.LENGTH) > QUICK_BYTES_MAX
              || request.getInt(FallocateIn.MODE) == FuseProtocol.FALLOC_ZERO_RANGE
              || options.writesMayWait().getAsBoolean();
      default -> false;
    };
  }

  /** What is not answered when this process ends comes again to the next. */
  private void answerUnlessLeft(FuseRequest request, boolean slow) {
    busy.incrementAndGet();
    try {
      if (!left) {
        answer(request, slow);
      }
    } finally {
      busy.decrementAndGet();
    }
  }

  private void answer(FuseRequest request, boolean slow) {
    int opcode = request.opcode();
    long unique = request.unique();
    boolean isTransfer = opcode == FuseProtocol.READ || opcode == FuseProtocol.WRITE;
    int bytes = isTransfer && request.has(Transfer.END) ? request.getInt(Transfer.SIZE) : 0;
    DeviceMeter.Call call = FuseCount.call(request);
    long countedBytes = FuseCount.bytes(request);
    long start = System.nanoTime();
    int result = operations.perform(request);
    long nanos = System.nanoTime() - start;
    if (isTransfer && !slow) {
      pace.took(nanos, bytes);
    }
    if (call != null) {
      options.meter().answered(call, Math.max(0, -result), countedBytes, nanos);
    }
    if (result != FuseOperations.NO_REPLY && !left) {
      reply(request, unique, result);
    }
  }

  /** A reply that nobody waits for any more is not taken; that is no failure. */
  private void reply(FuseRequest request, long unique, int result) {
    int error = Math.max(0, -result);
    int end = result < 0 ? FuseProtocol.OUT_HEADER_BYTES : result;
    long sent = request.reply(descriptor, unique, error, end);
    if (sent < 0 && sent != -FuseErrno.ENOENT && sent != -FuseErrno.ENODEV) {
      LOG.error("kernel takes no reply: device={} cause={}", name, FuseCalls.describe(sent));
    }
  }

  private void threadEnded() {
    if (running.decrementAndGet() == 0) {
      over = true;
      FuseCalls.close(descriptor);
      freeRequests();
      ended.countDown();
    }
  }

  private FuseRequest takeRequest() {
    synchronized (spareRequests) {
      FuseRequest spare = spareRequests.poll();
      if (spare != null) {
        return spare;
      }
    }
    return new FuseRequest(options.memoryHeld());
  }

  private void giveRequest(FuseRequest request) {
    synchronized (spareRequests) {
      if (spareRequests.size() < SPARE_REQUESTS_MAX) {
        spareRequests.push(request);
        return;
      }
    }
    request.free();
  }

  private void freeRequests() {
    synchronized (spareRequests) {
      spareRequests.forEach(FuseRequest::free);
      spareRequests.clear();
    }
  }
}
