// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.archive.Compression;
import io.veneer.driver.archive.TarIndex;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The files in a tar. One that is compressed, or comes through a pipe, is first brought into a file
 * of its own for as long as it is read, since its parts are wanted in another order.
 */
final class TarBlobs implements Blobs {
  private final Path file;
  private final boolean isOurs;
  private final TarIndex index;

  private TarBlobs(Path file, boolean isOurs, TarIndex index) {
    this.file = file;
    this.isOurs = isOurs;
    this.index = index;
  }

  static TarBlobs open(Path file) throws IOException {
    if (Files.isRegularFile(file) && Compression.of(file) == Compression.NONE) {
      return new TarBlobs(file, false, TarIndex.read(file));
    }
    Path spool = Files.createTempFile("veneer-image", ".tar");
    try {
      try (InputStream stream = Compression.uncompressed(stream(file))) {
        Files.copy(stream, spool, StandardCopyOption.REPLACE_EXISTING);
      }
      return new TarBlobs(spool, true, TarIndex.read(spool));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(spool);
      throw e;
    }
  }

  /** A pipe is no channel, which looks for its position when it is asked what is available. */
  private static InputStream stream(Path file) throws IOException {
    boolean isPipe = Files.exists(file) && !Files.isRegularFile(file);
    return isPipe ? new FileInputStream(file.toFile()) : Files.newInputStream(file);
  }

  @Override
  public Optional<InputStream> open(String path) throws IOException {
    Optional<TarIndex.Range> range = index.find(path);
    if (range.isEmpty()) {
      return Optional.empty();
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    channel.position(range.get().offset());
    return Optional.of(
        new LimitedStream(Channels.newInputStream(channel), range.get().sizeBytes()));
  }

  @Override
  public long sizeBytes(String path) {
    return index.find(path).map(TarIndex.Range::sizeBytes).orElse(-1L);
  }

  @Override
  public void close() throws IOException {
    if (isOurs) {
      Files.deleteIfExists(file);
    }
  }
}
