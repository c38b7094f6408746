// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.driver.pace.Pace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * The phase in which a client's requests are answered. One thread reads them and does itself what
 * is quick, straight between the buffers of the socket and the device: a read of 4 KiB takes about
 * a microsecond, a tenth of what it takes to wake another thread. What waits for a disk, or may
 * wait for space, goes to workers, so that the requests behind it are answered meanwhile, in any
 * order.
 *
 * <p>Replies to what is quick gather in one buffer, which goes out when the next request is not
 * there yet. The client's share of memory is two buffers of its own and what it gets of the {@link
 * Workers}'; while it does not read, its requests are not read either.
 *
 * <p>Owned by the reading thread; {@link #perform} is for workers.
 */
final class Transmission implements Request.Performer {
  /** Zeroing, discarding or describing more than this at once is left to a worker. */
  private static final long QUICK_BYTES_MAX = 1 << 20;

  /** A mean time of requests from which workers are worth their waking up. */
  private static final long SLOW_NANOS = 100_000;

  private static final long QUICK_STATUS_BYTES_MAX = 64 << 20;

  private final NbdExport export;
  private final ExportSource source;
  private final InputBuffer in;
  private final ByteBuffer out;
  private final Outbox outbox;
  private final Workers workers;
  private final BooleanSupplier stopping;
  private final Execution execution;
  private final LargeRead largeRead;
  private final LargeWrite largeWrite;
  private final RequestCount count;
  private final Pace pace = new Pace(SLOW_NANOS);
  private final InFlightCount inFlight = new InFlightCount();
  private final Request request = new Request(null, null);

  Transmission(Wire wire, NbdExport export, boolean structured, ServerParts parts) {
    this.export = export;
    this.source = parts.source();
    this.in = wire.in();
    this.out = wire.out();
    this.outbox = new Outbox(wire.transport());
    this.workers = parts.workers();
    this.stopping = parts.stopping();
    this.execution = new Execution(export, structured);
    this.largeRead = new LargeRead(export, execution, outbox);
    this.largeWrite = new LargeWrite(export, in);
    this.count = new RequestCount(parts.options().meter());
  }

  /** Answers requests until the client says that it goes, or goes. */
  void run() throws IOException {
    in.beforeWaiting(this::flush);
    while (in.fill(NbdProtocol.REQUEST_BYTES)) {
      if (!request.parse(in.bytes())) {
        throw new ProtocolViolation("request does not begin with the magic number");
      }
      if (request.type == NbdProtocol.NBD_CMD_DISC) {
        break;
      }
      handle();
    }
    flush();
  }

  /** Waits until workers have done, and sent the replies to, all that was begun. */
  void awaitWorkers() {
    inFlight.awaitNone();
  }

  /** Whether no request is with a worker. */
  boolean isQuiet() {
    return inFlight.get() == 0;
  }

  private void handle() throws IOException {
    if (request.isWrite() && request.length > NbdProtocol.PAYLOAD_BYTES_MAX) {
      throw new ProtocolViolation("write is too long: lengthBytes=" + request.length);
    }
    int error = RequestCheck.errorOf(request, export, execution.structured());
    if (stopping.getAsBoolean()) {
      refuse(NbdProtocol.NBD_ESHUTDOWN, "the server is going down");
    } else if (error != NbdProtocol.NBD_SUCCESS) {
      refuse(error, RequestCheck.text(request, export, error));
    } else {
      dispatch();
    }
  }

  private void refuse(int error, String text) throws IOException {
    if (request.isWrite()) {
      in.skip(request.length);
    }
    reserve(Replies.SHORT_REPLY_BYTES);
    Replies.error(out, request.cookie, execution.structured(), error, text);
    request.error = error;
    count.refused(request);
  }

  private void dispatch() throws IOException {
    switch (request.type) {
      case NbdProtocol.NBD_CMD_READ -> read();
      case NbdProtocol.NBD_CMD_WRITE -> write();
      case NbdProtocol.NBD_CMD_TRIM -> change(QUICK_BYTES_MAX);
      case NbdProtocol.NBD_CMD_WRITE_ZEROES ->
          change(request.has(NbdProtocol.NBD_CMD_FLAG_NO_HOLE) ? 0 : QUICK_BYTES_MAX);
      case NbdProtocol.NBD_CMD_BLOCK_STATUS -> blockStatus();
      default -> elsewhereElseHere(); // flush, cache
    }
  }

  private void read() throws IOException {
    if (request.length <= Workers.SMALL_BYTES) {
      if (!pace.isSlow() || !elsewhere(workers.small())) {
        here(Execution.replyBytes(request));
      }
    } else if (!pace.isSlow()
        || request.length > Workers.LARGE_BYTES
        || !elsewhere(workers.large())) {
      flush();
      readInPieces();
    }
  }

  private void readInPieces() throws IOException {
    request.beganNanos = System.nanoTime();
    sendInPieces();
    count.done(request, System.nanoTime());
  }

  private void sendInPieces() throws IOException {
    Request holder = workers.large().tryTake();
    if (holder == null) {
      largeRead.answer(request, out);
      return;
    }
    holder.takeOver(request, inFlight, this);
    try {
      largeRead.answer(request, holder.buffer);
    } finally {
      holder.release();
    }
  }

  private void write() throws IOException {
    boolean mayWait = request.fua() || writesMayWait();
    if (request.length <= Workers.SMALL_BYTES) {
      if (!mayWait || !elsewhere(workers.small())) {
        writeHere();
      }
    } else if (!mayWait || request.length > Workers.LARGE_BYTES || !elsewhere(workers.large())) {
      writeInPieces();
    }
  }

  private boolean writesMayWait() {
    return pace.isSlow() || source.writesMayWait();
  }

  private void writeHere() throws IOException {
    int length = (int) request.length;
    in.require(length);
    ByteBuffer bytes = in.bytes();
    int limit = bytes.limit();
    int end = bytes.position() + length;
    reserve(Replies.SHORT_REPLY_BYTES);
    bytes.limit(end);
    timed(bytes);
    bytes.limit(limit).position(end);
  }

  private void writeInPieces() throws IOException {
    request.beganNanos = System.nanoTime();
    Request holder = workers.large().tryTake();
    RuntimeException failure;
    if (holder == null) {
      failure = largeWrite.write(request, null);
    } else {
      holder.takeOver(request, inFlight, this);
      try {
        failure = largeWrite.write(request, holder.buffer);
      } finally {
        holder.release();
      }
    }
    export.contexts().changed();
    answerWrite(failure);
  }

  private void answerWrite(RuntimeException failure) throws IOException {
    if (failure == null && request.fua()) {
      request.type = NbdProtocol.NBD_CMD_FLUSH; // what is left to do before the reply
      elsewhereElseHere();
      return;
    }
    reserve(Replies.SHORT_REPLY_BYTES);
    if (failure == null) {
      Replies.success(out, request.cookie);
    } else {
      execution.fail(request, failure, out);
    }
    count.done(request, System.nanoTime());
  }

  private void change(long quickBytesMax) throws IOException {
    if (request.fua() || request.length > quickBytesMax || writesMayWait()) {
      elsewhereElseHere();
    } else {
      here(Replies.SHORT_REPLY_BYTES);
    }
  }

  private void blockStatus() throws IOException {
    if (request.length <= QUICK_STATUS_BYTES_MAX || !elsewhere(workers.small())) {
      here(MetaContexts.replyBytesMax());
    }
  }

  private void elsewhereElseHere() throws IOException {
    if (!elsewhere(workers.small())) {
      flush();
      here(Replies.SHORT_REPLY_BYTES);
    }
  }

  private void here(int replyBytes) throws IOException {
    reserve(replyBytes);
    timed(null);
  }

  private void timed(ByteBuffer payload) {
    long start = System.nanoTime();
    if (request.beganNanos == 0) {
      request.beganNanos = start;
    }
    execution.run(request, payload, out);
    long end = System.nanoTime();
    if (request.type <= NbdProtocol.NBD_CMD_WRITE && !request.fua()) {
      pace.took(end - start, request.length);
    }
    count.done(request, end);
  }

  /** Leaves the request to a worker, payload and all; false if there is no buffer to be had. */
  private boolean elsewhere(RequestPool buffers) throws IOException {
    Request copy = buffers.tryTake();
    if (copy == null) {
      return false;
    }
    copy.takeOver(request, inFlight, this);
    if (copy.isWrite()) {
      try {
        in.readFully(copy.buffer.limit((int) request.length));
        copy.buffer.flip();
      } catch (IOException | RuntimeException e) {
        copy.release();
        throw e;
      }
    }
    if (copy.beganNanos == 0) {
      copy.beganNanos = System.nanoTime();
    }
    if (!workers.start(copy)) {
      flush();
      perform(copy);
    }
    return true;
  }

  @Override
  public void perform(Request taken) {
    execution.run(taken, taken.isWrite() ? taken.buffer : null, taken.buffer);
    count.done(taken, System.nanoTime());
    taken.buffer.flip();
    outbox.post(taken);
  }

  private void reserve(int bytes) throws IOException {
    if (out.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    if (out.position() > 0) {
      outbox.send(out.flip());
    }
  }
}
