// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes writes that are larger than a buffer off the socket, piece by piece. Pieces end where
 * blocks end, so that blocks which the client writes whole are written whole. For the thread that
 * reads the client's requests.
 */
final class LargeWrite {
  /** Small enough to stay in a processor's own cache between socket and device. */
  private static final int PIECE_BYTES = 256 << 10;

  private final BlockDevice device;
  private final InputBuffer in;
  private final int pieceBytes;

  LargeWrite(NbdExport export, InputBuffer in) {
    this.device = export.device();
    this.in = in;
    this.pieceBytes = Math.max(PIECE_BYTES, device.blockSizeBytes());
  }

  /**
   * Writes the payload that comes next, to the end of it whatever happens.
   *
   * @param buffer a large buffer, or null to do with what the input has
   * @return the failure, or null
   */
  RuntimeException write(Request request, ByteBuffer buffer) throws IOException {
    RuntimeException failure = null;
    long end = request.offset + request.length;
    for (long at = request.offset; at < end; ) {
      int bytes = buffer == null ? smallPiece(end - at) : piece(at, end);
      if (buffer == null) {
        in.require(bytes);
        failure = store(at, in.bytes(), bytes, failure);
      } else {
        in.readFully(buffer.clear().limit(bytes));
        failure = store(at, buffer.flip(), bytes, failure);
      }
      at += bytes;
    }
    return failure;
  }

  private int piece(long at, long end) {
    return (int) Math.min(end - at, pieceBytes - at % pieceBytes);
  }

  private int smallPiece(long left) {
    return (int) Math.min(left, Workers.SMALL_BYTES);
  }

  /** Takes bytes out of a buffer, and writes them unless something has failed before. */
  private RuntimeException store(
      long offset, ByteBuffer payload, int bytes, RuntimeException before) {
    int limit = payload.limit();
    int end = payload.position() + bytes;
    payload.limit(end);
    try {
      if (before == null) {
        device.write(offset, payload, false);
      }
      return before;
    } catch (RuntimeException e) {
      return e;
    } finally {
      payload.limit(limit).position(end);
    }
  }
}
