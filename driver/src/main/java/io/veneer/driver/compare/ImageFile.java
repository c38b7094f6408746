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
import java.util.Arrays;
import java.util.function.LongConsumer;

/** The image that a comparison reads; it is never written. One thread. */
final class ImageFile {
  static final long BYTES_MIN = 1 << 20;

  /** What is all zeroes stays a hole in pieces of this size, as in a thin pool's blocks. */
  private static final int PIECE_BYTES = 64 << 10;

  private static final byte[] ZEROES = new byte[PIECE_BYTES];

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
    byte[] bytes = new byte[PIECE_BYTES];
    long end = Math.min(sizeBytes, limitBytes);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      for (long offset = 0; offset < end; offset += PIECE_BYTES) {
        int lengthBytes = (int) Math.min(PIECE_BYTES, end - offset);
        readFully(channel, offset, buffer.clear().limit(lengthBytes));
        buffer.flip().get(bytes, 0, lengthBytes);
        if (!isZero(bytes, lengthBytes)) {
          target.write(offset, buffer.rewind());
        } else if (offset + lengthBytes == end) {
          target.write(end - 1, ByteBuffer.wrap(ZEROES, 0, 1));
        }
        progress.accept(offset + lengthBytes);
      }
    }
  }

  private static boolean isZero(byte[] bytes, int lengthBytes) {
    return Arrays.equals(bytes, 0, lengthBytes, ZEROES, 0, lengthBytes);
  }

  private void readFully(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("image became shorter while it was read: " + path);
      }
    }
  }
}
