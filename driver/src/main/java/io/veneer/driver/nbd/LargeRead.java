// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Answers reads that are larger than a buffer, piece by piece: the bytes are still in the
 * processor's cache when the socket takes them, and the client reads the first while the next are
 * fetched. Keeps the outbox's turn while it is inside a chunk. For the thread that reads the
 * client's requests.
 */
final class LargeRead {
  /** Small enough to stay in a processor's own cache between device and socket. */
  private static final int PIECE_BYTES = 256 << 10;

  private final BlockDevice device;
  private final Execution execution;
  private final Outbox outbox;
  private final DataRun run = new DataRun();

  /** What the request at hand goes through. */
  private ByteBuffer out;

  LargeRead(NbdExport export, Execution execution, Outbox outbox) {
    this.device = export.device();
    this.execution = execution;
    this.outbox = outbox;
  }

  /** Answers one, through a buffer that is empty before and after. */
  void answer(Request request, ByteBuffer through) throws IOException {
    out = through;
    outbox.begin();
    try {
      if (execution.structured()) {
        answerInChunks(request);
      } else {
        answerSimply(request);
      }
      drain();
    } finally {
      out.clear();
      outbox.end();
    }
  }

  /** Once the header is gone there is no way to say that the rest could not be read. */
  private void answerSimply(Request request) throws IOException {
    int length = (int) request.length;
    Replies.simple(out, request.cookie, NbdProtocol.NBD_SUCCESS);
    int first = Math.min(length, room());
    if (tryLoad(request, request.offset, first) == null) {
      RuntimeException failure = stream(request, request.offset + first, length - first);
      if (failure != null) {
        throw new IOException("read failed after its reply had begun", failure);
      }
    }
  }

  /** Reads the first piece, or makes the reply an error. */
  private RuntimeException tryLoad(Request request, long offset, int bytes) {
    try {
      execution.load(offset, bytes, out);
      return null;
    } catch (RuntimeException e) {
      out.clear();
      execution.fail(request, e, out);
      return e;
    }
  }

  private void answerInChunks(Request request) throws IOException {
    boolean whole = request.has(NbdProtocol.NBD_CMD_FLAG_DF);
    long end = request.offset + request.length;
    RuntimeException failure = null;
    for (long at = request.offset; at < end && failure == null; ) {
      failure = find(at, end, whole);
      if (failure == null) {
        int bytes = (int) (whole ? end - at : run.bytes());
        failure = sendRun(request, at, bytes, !whole && run.isHole());
        at += bytes;
      }
    }
    makeRoom(Replies.SHORT_REPLY_BYTES);
    if (failure == null) {
      Replies.done(out, request.cookie);
    } else {
      execution.fail(request, failure, out);
    }
  }

  private RuntimeException find(long at, long end, boolean whole) {
    try {
      if (!whole) {
        run.find(device, at, end - at);
      }
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private RuntimeException sendRun(Request request, long at, int bytes, boolean hole)
      throws IOException {
    makeRoom(NbdProtocol.OFFSET_HOLE_BYTES);
    if (hole) {
      Replies.offsetHole(out, request.cookie, 0, at, bytes);
      return null;
    }
    Replies.offsetData(out, request.cookie, 0, at, bytes);
    return stream(request, at, bytes);
  }

  /** Sends so many bytes in any case; zeroes from where reading failed, and then the failure. */
  private RuntimeException stream(Request request, long offset, int lengthBytes)
      throws IOException {
    RuntimeException failure = null;
    for (int done = 0; done < lengthBytes; ) {
      makeRoom(1);
      int piece = Math.min(lengthBytes - done, room());
      int start = out.position();
      if (failure == null) {
        try {
          execution.load(offset + done, piece, out);
        } catch (RuntimeException e) {
          failure = e;
        }
      }
      if (failure != null) {
        fillWithZeroes(start, piece);
      }
      done += piece;
    }
    return failure;
  }

  private void fillWithZeroes(int start, int bytes) {
    out.limit(out.capacity()).position(start);
    for (int i = 0; i < bytes; i++) {
      out.put((byte) 0);
    }
  }

  private int room() {
    return Math.min(out.capacity(), PIECE_BYTES) - out.position();
  }

  private void makeRoom(int bytes) throws IOException {
    if (room() < bytes) {
      drain();
    }
  }

  private void drain() throws IOException {
    out.flip();
    outbox.write(out);
    out.clear();
  }
}
