// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** The image that a comparison reads; it is never written. One thread. */
final class ImageFile {
  static final long BYTES_MIN = 1 << 20;

  /** What is all zeroes stays a hole in pieces of this size, as in a thin pool's blocks. */
  private static final int PIECE_BYTES = 64 << 10;

  private static final ByteBuffer ZEROES =
      ByteBuffer.allocateDirect(PIECE_BYTES).asReadOnlyBuffer();

  /** Takes the bytes of an image, in ascending order and without the holes. */
  @FunctionalInterface
  interface Target {
    void write(long offset, ByteBuffer bytes) throws IOException;
  }

  private final Path path;
  private final long sizeBytes;

  private ImageFile(Path path, long sizeBytes) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  /** Looks at a file; refuses what cannot be an image. */
  static ImageFile check(Path path) {
    if (!Files.exists(path)) {
      throw new DriverException(Kind.NOT_FOUND, "no such image file path=" + path);
    }
    if (!Files.isRegularFile(path)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "image is not a file, name a file path=" + path);
    }
    try {
      return checkSize(path, Files.size(path));
    } catch (IOException e) {
      throw DriverException.io("cannot look at image path=" + path, e);
    }
  }

  private static ImageFile checkSize(Path path, long sizeBytes) {
    if (sizeBytes < BYTES_MIN) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image is too small path=" + path + " bytes=" + sizeBytes + " bytesMin=" + BYTES_MIN);
    }
    return new ImageFile(path, sizeBytes);
  }

  Path path() {
    return path;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  long allocatedBytes() throws IOException {
    return HostFiles.sizeOf(path).allocatedBytes();
  }

  ImageInfo info() {
    return new ImageInfo(path.toString(), sizeBytes);
  }

  /** Writes the image somewhere, up to a size; the last byte always, so that sizes come out. */
  void copyTo(Target target, long limitBytes, LongConsumer progress) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);
    long end = Math.min(sizeBytes, limitBytes);
    long written = 0;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long offset = nextPiece(0);
      while (offset < end) {
        buffer.clear().limit((int) Math.min(PIECE_BYTES, end - offset));
        readFully(channel, offset, buffer);
        if (!isZero(buffer.flip())) {
          written = offset + buffer.remaining();
          target.write(offset, buffer);
        }
        progress.accept(Math.min(offset + PIECE_BYTES, end));
        offset = nextPiece(offset + PIECE_BYTES);
      }
    }
    if (written < end) {
      target.write(end - 1, ByteBuffer.allocate(1));
    }
    progress.accept(end);
  }

  /** The next piece that may hold something; pieces begin at multiples of their size. */
  private long nextPiece(long offset) throws IOException {
    long data = offset < sizeBytes ? HostFiles.nextData(path, offset) : sizeBytes;
    return data == sizeBytes ? sizeBytes : data / PIECE_BYTES * PIECE_BYTES;
  }

  private static boolean isZero(ByteBuffer bytes) {
    return bytes.mismatch(ZEROES.duplicate().limit(bytes.remaining())) < 0;
  }

  private void readFully(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("image became shorter while it was read: " + path);
      }
    }
  }
}
