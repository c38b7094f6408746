// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/** Copies ranges of a device to a file or a stream. One thread. */
final class ExportCopy {
  /** Zeroes are looked for in pieces as small as file systems allocate. */
  private static final int PIECE_BYTES = 4096;

  private final BlockDevice device;
  private final Progress progress;
  private final ByteBuffer buffer = Chunks.newBuffer();

  ExportCopy(BlockDevice device, Progress progress) {
    this.device = device;
    this.progress = progress;
  }

  /** Gives every byte of a range, in order; what the device does not hold is not read. */
  void toStream(long offset, long endOffset, Consumer<ByteBuffer> out) {
    device.extents(
        offset,
        endOffset - offset,
        (at, length, kind) -> {
          for (long done = 0; done < length; ) {
            ByteBuffer chunk = chunk(at + done, length - done, kind);
            done += chunk.remaining();
            out.accept(chunk);
            progress.at(at + done);
          }
          return true;
        });
  }

  /** Writes what is not zeroes to the same places of a file that reads as zeroes. */
  void toSparseFile(long endOffset, FileChannel file) throws IOException {
    try {
      device.extents(0, endOffset, (at, length, kind) -> copyExtent(at, length, kind, file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether a range reads as zeroes. */
  boolean isZero(long offset, long endOffset) {
    boolean[] zero = {true};
    device.extents(
        offset,
        endOffset - offset,
        (at, length, kind) -> {
          for (long done = 0; zero[0] && hasBytes(kind) && done < length; ) {
            ByteBuffer chunk = chunk(at + done, length - done, kind);
            done += chunk.remaining();
            zero[0] = Chunks.isZero(chunk, 0, chunk.limit());
          }
          return zero[0];
        });
    return zero[0];
  }

  private boolean copyExtent(long at, long length, ExtentKind kind, FileChannel file) {
    for (long done = 0; hasBytes(kind) && done < length; ) {
      ByteBuffer chunk = chunk(at + done, length - done, kind);
      int copied = chunk.limit();
      writePieces(chunk, at + done, file);
      done += copied;
      progress.at(at + done);
    }
    return true;
  }

  private static void writePieces(ByteBuffer chunk, long at, FileChannel file) {
    int end = chunk.limit();
    for (int from = 0; from < end; ) {
      int to = from;
      while (to < end && !Chunks.isZero(chunk, to, Math.min(PIECE_BYTES, end - to))) {
        to = Math.min(end, to + PIECE_BYTES);
      }
      write(chunk.slice(from, to - from), at + from, file);
      from = Math.min(end, to + PIECE_BYTES);
    }
  }

  private static void write(ByteBuffer data, long at, FileChannel file) {
    try {
      for (long position = at; data.hasRemaining(); ) {
        position += file.write(data, position);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ByteBuffer chunk(long at, long length, ExtentKind kind) {
    if (!hasBytes(kind)) {
      return Chunks.zeroes(length);
    }
    Chunks.limitToChunk(buffer, at);
    buffer.limit((int) Math.min(buffer.limit(), length));
    device.read(at, buffer);
    return buffer.flip();
  }

  private static boolean hasBytes(ExtentKind kind) {
    return kind == ExtentKind.DATA || kind == ExtentKind.EXTERNAL;
  }
}
