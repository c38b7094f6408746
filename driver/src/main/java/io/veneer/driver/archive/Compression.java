// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import com.github.luben.zstd.ZstdInputStream;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How an archive is compressed, as its first bytes tell. Stateless; any thread. */
public enum Compression {
  /** Not at all. */
  NONE,
  /** As gzip, of any number of members. */
  GZIP(0x1f, 0x8b),
  /** As zstd, of any number of frames. */
  ZSTD(0x28, 0xb5, 0x2f, 0xfd),
  /** As zstd, with something to be skipped in front. */
  ZSTD_SKIPPABLE(0x50, 0x2a, 0x4d, 0x18),
  /** As bzip2, which is not read. */
  BZIP2('B', 'Z', 'h'),
  /** As xz, which is not read. */
  XZ(0xfd, '7', 'z', 'X', 'Z', 0x00);

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAGIC_BYTES_MAX = 6;

  private final byte[] magic;

  Compression(int... magic) {
    this.magic = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      this.magic[i] = (byte) magic[i];
    }
  }

  /**
   * Uncompresses a stream if it is compressed.
   *
   * @param stream its bytes as they are stored; closed with the result
   * @return the archive; reading it throws {@link DriverException} DATA_LOSS where the compressed
   *     bytes are damaged or cut short
   * @throws DriverException INVALID_ARGUMENT for a compression that is not read
   * @throws IOException if the first bytes cannot be read
   */
  public static InputStream uncompressed(InputStream stream) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(stream, BUFFER_BYTES);
    return switch (of(buffered)) {
      case NONE -> buffered;
      case GZIP ->
          CheckedStream.of(() -> new GZIPInputStream(new AvailableStream(buffered), BUFFER_BYTES));
      case ZSTD, ZSTD_SKIPPABLE ->
          CheckedStream.of(() -> new ZstdInputStream(new AvailableStream(buffered)));
      default ->
          throw new DriverException(
              Kind.INVALID_ARGUMENT,
              "archive is compressed in a way that is not read compression="
                  + of(buffered).name().toLowerCase(Locale.ROOT)
                  + " expected=gzip, zstd or none");
    };
  }

  /**
   * Tells how a file is compressed.
   *
   * @param file a regular file
   * @return by its first bytes
   * @throws IOException if it cannot be read
   */
  public static Compression of(Path file) throws IOException {
    try (BufferedInputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      return of(stream);
    }
  }

  private static Compression of(BufferedInputStream stream) throws IOException {
    stream.mark(MAGIC_BYTES_MAX);
    byte[] first = stream.readNBytes(MAGIC_BYTES_MAX);
    stream.reset();
    return Arrays.stream(values())
        .filter(each -> each.magic.length > 0 && each.begins(first))
        .findFirst()
        .orElse(NONE);
  }

  private boolean begins(byte[] bytes) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }
}
