// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.compare.ComparisonProgress.Phase;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;

/**
 * Compares storage drivers: one large image in a base layer, containers on it, each writing small
 * pieces at random places.
 *
 * <p>Every driver gets the same image, the same places and bytes, and the same forces; a small
 * round that is not counted goes before, so that nobody pays for loading classes and compiling. At
 * the end every container's whole content is compared with a plain copy that got the same writes.
 *
 * <p>One run at a time on one thread. An interrupt of that thread ends it with CANCELLED. Whatever
 * happens, the scratch folder is removed, also when the JVM is asked to end.
 */
public final class Comparison {
  private static final long WARM_UP_BYTES = 8L << 20;
  private static final int WARM_UP_CONTAINERS = 2;
  private static final int WARM_UP_WRITES = 50;

  private final ComparisonOptions options;
  private final DriverCatalog catalog;
  private final ComparisonProgress progress;

  /**
   * Makes a comparison.
   *
   * @param options what and how
   * @param catalog where the drivers come from
   * @param progress hears how far it is
   */
  public Comparison(ComparisonOptions options, DriverCatalog catalog, ComparisonProgress progress) {
    this.options = options;
    this.catalog = catalog;
    this.progress = progress;
  }

  /**
   * Runs it.
   *
   * @return what was found
   * @throws DriverException NOT_FOUND for an image or driver that is not there; INVALID_ARGUMENT
   *     for options that cannot be; RESOURCE_EXHAUSTED if the scratch folder has too little space;
   *     CANCELLED if the thread was interrupted; or what a driver failed with
   */
  public ComparisonResult run() {
    ImageFile image = ImageFile.check(options.image());
    checkOptions(image);
    try (Scratch scratch = Scratch.in(options.scratchFolder())) {
      warmUp(image, scratch);
      return new ComparisonResult(
          image.info(),
          options.containers(),
          options.writesPerContainer(),
          measure(makeFolder(scratch, "run"), scratch));
    }
  }

  private List<DriverResult> measure(Path folder, Scratch scratch) {
    ComparisonOptions here = options.on(options.image(), folder);
    try (Round round = Round.open(here, catalog, scratch, progress)) {
      round.run();
      return round.verify();
    }
  }

  private void warmUp(ImageFile image, Scratch scratch) {
    Path folder = makeFolder(scratch, "warm-up");
    progress.advanced(Phase.WARM_UP, "", 0, 1);
    try {
      Path small = folder.resolve("image");
      copyHead(image, small);
      ComparisonOptions here =
          options.on(small, folder).withLoad(WARM_UP_CONTAINERS, WARM_UP_WRITES);
      try (Round round = Round.open(here, catalog, scratch, (phase, driver, done, total) -> {})) {
        round.run();
      }
      HostFiles.deleteTree(folder);
      // Ends what the removal left for the file system to do before anything is measured.
      HostFiles.forceFolder(scratch.folder());
    } catch (IOException e) {
      throw DriverException.io("cannot warm up folder=" + folder, e);
    }
    progress.advanced(Phase.WARM_UP, "", 1, 1);
  }

  private static void copyHead(ImageFile image, Path target) throws IOException {
    try (FileChannel channel =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      image.copyTo(
          (offset, bytes) -> writeFully(channel, offset, bytes), WARM_UP_BYTES, done -> {});
    }
  }

  private static void writeFully(FileChannel channel, long offset, ByteBuffer bytes)
      throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  private static Path makeFolder(Scratch scratch, String name) {
    try {
      return Files.createDirectory(scratch.folder().resolve(name));
    } catch (IOException e) {
      throw DriverException.io("cannot make a scratch folder in=" + scratch.folder(), e);
    }
  }

  private void checkOptions(ImageFile image) {
    options.drivers().forEach(catalog::factory);
    check(!options.drivers().isEmpty(), "no driver to compare");
    check(
        new HashSet<>(options.drivers()).size() == options.drivers().size(),
        "a driver is named twice drivers=" + options.drivers());
    check(options.containers() >= 1, "no container containers=" + options.containers());
    check(
        options.writeBytes() >= 1 && options.writeBytes() <= ImageFile.BYTES_MIN / WARM_UP_WRITES,
        "length of a write is out of range writeBytes=" + options.writeBytes());
    long places = image.sizeBytes() / options.writeBytes();
    check(
        options.writesPerContainer() >= 1 && options.writesPerContainer() <= places,
        "the image has not so many places writesPerContainer="
            + options.writesPerContainer()
            + " places="
            + places);
  }

  private static void check(boolean valid, String message) {
    if (!valid) {
      throw new DriverException(Kind.INVALID_ARGUMENT, message);
    }
  }
}
