// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.NbdProtocol.NBD_REPLY_FLAG_DONE;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a request that was found to be right, and puts the whole reply into a buffer. A failure
 * becomes an error reply; nothing is thrown. Any thread, with buffers of its own.
 */
final class Execution {
  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  /** Below this, looking for holes costs more than sending them. */
  private static final int HOLE_SEARCH_BYTES_MIN = 32 << 10;

  /** A hint to cache more than this is taken as far as this. */
  private static final long CACHE_BYTES_MAX = 64L << 20;

  private final NbdExport export;
  private final BlockDevice device;
  private final boolean structured;

  Execution(NbdExport export, boolean structured) {
    this.export = export;
    this.device = export.device();
    this.structured = structured;
  }

  boolean structured() {
    return structured;
  }

  /** Whether a read may leave out zeroes. */
  boolean mayHaveHoles(Request request) {
    return structured
        && request.length >= HOLE_SEARCH_BYTES_MIN
        && !request.has(NbdProtocol.NBD_CMD_FLAG_DF);
  }

  /** The room that the reply may take. */
  static int replyBytes(Request request) {
    return request.type == NbdProtocol.NBD_CMD_READ
        ? (int) request.length + Replies.SHORT_REPLY_BYTES
        : Replies.SHORT_REPLY_BYTES;
  }

  /**
   * Does a request.
   *
   * @param payload what a write brings; may be {@code out}, which is cleared then
   * @param out takes the reply at its position
   */
  void run(Request request, ByteBuffer payload, ByteBuffer out) {
    int start = payload == out ? 0 : out.position();
    try {
      if (request.isWrite()) {
        device.write(request.offset, payload, request.fua());
        clearIfSame(payload, out);
        Replies.success(out, request.cookie);
      } else {
        runWithoutPayload(request, out);
      }
    } catch (RuntimeException | Error e) {
      clearIfSame(payload, out);
      out.limit(out.capacity()).position(start);
      fail(request, e, out);
    } finally {
      if (request.mayChange()) {
        export.contexts().changed(); // before the reply goes; what failed may have stored a part
      }
    }
  }

  private static void clearIfSame(ByteBuffer payload, ByteBuffer out) {
    if (payload == out) {
      out.clear();
    }
  }

  private void runWithoutPayload(Request request, ByteBuffer out) {
    switch (request.type) {
      case NbdProtocol.NBD_CMD_READ -> {
        read(request, out);
        return;
      }
      case NbdProtocol.NBD_CMD_BLOCK_STATUS -> {
        export.contexts().describe(request, out);
        return;
      }
      case NbdProtocol.NBD_CMD_FLUSH -> device.flush();
      case NbdProtocol.NBD_CMD_TRIM -> trim(request);
      case NbdProtocol.NBD_CMD_WRITE_ZEROES -> writeZeroes(request);
      default -> cache(request, out);
    }
    Replies.success(out, request.cookie);
  }

  private void writeZeroes(Request request) {
    boolean mayUnmap = !request.has(NbdProtocol.NBD_CMD_FLAG_NO_HOLE);
    device.writeZeroes(request.offset, request.length, mayUnmap, request.fua());
  }

  private void trim(Request request) {
    device.discard(request.offset, request.length);
    if (request.fua()) {
      device.flush();
    }
  }

  private void read(Request request, ByteBuffer out) {
    int length = (int) request.length;
    if (!structured) {
      Replies.simple(out, request.cookie, NbdProtocol.NBD_SUCCESS);
      load(request.offset, length, out);
    } else if (mayHaveHoles(request)) {
      readRuns(request, out);
    } else if (length == 0) {
      Replies.done(out, request.cookie);
    } else {
      Replies.offsetData(out, request.cookie, NBD_REPLY_FLAG_DONE, request.offset, length);
      load(request.offset, length, out);
    }
  }

  private void readRuns(Request request, ByteBuffer out) {
    DataRun run = new DataRun();
    long end = request.offset + request.length;
    for (long at = request.offset; at < end; at += run.bytes()) {
      run.find(device, at, end - at);
      int bytes = (int) run.bytes();
      int flags = at + bytes == end ? NBD_REPLY_FLAG_DONE : 0;
      if (run.isHole()) {
        Replies.offsetHole(out, request.cookie, flags, at, bytes);
      } else {
        Replies.offsetData(out, request.cookie, flags, at, bytes);
        load(at, bytes, out);
      }
    }
  }

  /** Reads straight behind what is in the buffer. */
  void load(long offset, int lengthBytes, ByteBuffer out) {
    out.limit(out.position() + lengthBytes);
    device.read(offset, out);
    out.limit(out.capacity());
  }

  /** Brings data into memory by reading it; what is read goes nowhere. */
  private void cache(Request request, ByteBuffer out) {
    int start = out.position();
    DataRun run = new DataRun();
    long end = request.offset + Math.min(request.length, CACHE_BYTES_MAX);
    for (long at = request.offset; at < end; ) {
      run.find(device, at, end - at);
      int bytes = (int) Math.min(run.bytes(), out.remaining());
      if (!run.isHole()) {
        load(at, bytes, out);
        out.position(start);
      }
      at += run.isHole() ? run.bytes() : bytes;
    }
  }

  /** Puts the reply to a request that failed. */
  void fail(Request request, Throwable failure, ByteBuffer out) {
    int error = NbdError.of(failure, request, device.sizeBytes());
    request.error = error;
    if (error == NbdProtocol.NBD_EIO) {
      boolean explained = failure instanceof PoolException;
      LOG.warn(
          "request failed: export={} type={} offset={} lengthBytes={} cause={}",
          export.name(),
          request.type,
          request.offset,
          request.length,
          failure.toString(),
          explained ? null : failure);
    }
    Replies.error(out, request.cookie, structured, error, NbdError.text(failure));
  }
}
