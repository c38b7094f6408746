// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the image that is compared on where none is given: the running Java's own folder, in an
 * ext4 file system where {@code mkfs.ext4} is installed, else its files one behind the other. No
 * root is needed. What of the folder does not fit into the size is left out; what of the size is
 * not needed stays free, and a hole. The same folder and size give the same image, but for the
 * access times that ext4 keeps. Stateless; any thread.
 */
public final class SampleImage {
  private static final Logger LOG = LoggerFactory.getLogger(SampleImage.class);

  /** What of an ext4 file system can be files, with its tables and a larger journal beside them. */
  private static final int PERCENT_FOR_FILES = 80;

  /** The smallest journal that mkfs makes. */
  private static final long JOURNAL_BYTES = 4 << 20;

  private SampleImage() {}

  /**
   * Makes an image of the running Java.
   *
   * @param file the new file, which must not exist; it is removed if this fails
   * @param sizeBytes its size, 1 MiB or more
   * @throws DriverException INVALID_ARGUMENT if the size is too small; ALREADY_EXISTS; IO or
   *     RESOURCE_EXHAUSTED if the host fails; CANCELLED if the thread was interrupted
   */
  public static void create(Path file, long sizeBytes) {
    create(file, sizeBytes, Path.of(System.getProperty("java.home")), Ext4Maker.find());
  }

  static void create(Path file, long sizeBytes, Path source, Optional<Ext4Maker> maker) {
    if (sizeBytes < ImageFile.BYTES_MIN) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image is too small bytes=" + sizeBytes + " bytesMin=" + ImageFile.BYTES_MIN);
    }
    if (Files.exists(file)) {
      throw new DriverException(Kind.ALREADY_EXISTS, "file exists path=" + file);
    }
    try {
      SourceFiles files = SourceFiles.in(source.toRealPath());
      if (maker.isEmpty() || !makeExt4(file, sizeBytes, files, maker.get())) {
        makeRaw(file, sizeBytes, files);
      }
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, file);
      throw e instanceof IOException io
          ? DriverException.io("cannot make image path=" + file, io)
          : (RuntimeException) e;
    }
  }

  private static boolean makeExt4(Path file, long sizeBytes, SourceFiles files, Ext4Maker maker)
      throws IOException {
    Optional<String> failure = tryExt4(file, sizeBytes, files, maker);
    failure.ifPresent(
        reason -> LOG.info("no ext4 image, its files are put together reason={}", reason));
    return failure.isEmpty();
  }

  private static Optional<String> tryExt4(
      Path file, long sizeBytes, SourceFiles files, Ext4Maker maker) throws IOException {
    long budgetBytes = Math.max(0, sizeBytes / 100 * PERCENT_FOR_FILES - JOURNAL_BYTES);
    if (files.totalBytes() <= budgetBytes) {
      return maker.make(files.top(), file, sizeBytes);
    }
    Path staging = Files.createTempDirectory(file.toAbsolutePath().getParent(), "veneer-image-");
    try {
      files.copyInto(staging, budgetBytes);
      return maker.make(staging, file, sizeBytes);
    } finally {
      HostFiles.deleteTree(staging);
    }
  }

  private static void makeRaw(Path file, long sizeBytes, SourceFiles files) throws IOException {
    try (FileChannel target =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      files.joinInto(target, sizeBytes);
    }
  }

  private static void deleteAfter(Exception failure, Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
