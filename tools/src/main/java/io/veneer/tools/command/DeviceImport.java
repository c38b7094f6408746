// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Makes a device from a raw image. The device is filled under another name and gets its own when it
 * is whole and durable, so that no half of an image can be taken for all of it; what an import left
 * behind that was killed is removed by the next of the same name.
 */
@Command(
    header = "Make a device from a raw image.",
    description = "Holes and zeroes take no space. The device is there when all of the image is.",
    footer = {
      "",
      "Example:",
      "  veneer device import /srv/pool base ubuntu.raw",
      "Example: from a pipe",
      "  zstdcat ubuntu.raw.zst | veneer device import /srv/pool base"
    })
final class DeviceImport extends DeviceTask {
  private static final String UNFINISHED = ".importing";

  /** Marks what an import fills, with the name that it will have: whatever lacks it is a user's. */
  private static final String MARK = "veneer.importing";

  private static final long FIRST_GUESS_BYTES = 1L << 30;
  private static final long SIGNAL_MILLIS = 50;

  @Parameters(
      index = "2",
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description = "The raw image; - or nothing for standard input.")
  private Path file;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "Virtual size of the device. Default: the image's size.")
  private Long sizeBytes;

  DeviceImport(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    NewName.check(name());
  }

  @Override
  void run(PoolAccess pool) throws IOException {
    pool.claim("an import of " + name(), 0);
    requireNewName(pool);
    try (RawSource source = source()) {
      long firstBytes = firstSize(source);
      removeUnfinished(pool);
      pool.apply(
          operations -> {
            operations.createDevice(unfinished(), firstBytes);
            operations.setAttributes(unfinished(), Map.of(MARK, name()));
          });
      Thread notice = new Thread(this::sayWhatIsLeft, "import-stopped");
      Runtime.getRuntime().addShutdownHook(notice);
      try {
        copy(pool, source);
        requireNotInterrupted(source);
        finish(pool, source.sizeBytes());
      } catch (Throwable e) {
        removeAfter(e, pool);
        throw e;
      } finally {
        forget(notice);
      }
    }
    DeviceInfo device = pool.device(name());
    String sizes = ByteSize.format(device.sizeBytes()) + ", mapped ";
    console().confirm("imported " + name() + ": " + sizes + ByteSize.format(device.mappedBytes()));
  }

  /**
   * Whoever writes into our pipe is told to end by the same Ctrl-C as we are, and what it has
   * written until then looks like all of an image. We may hear of it a moment later.
   */
  private static void requireNotInterrupted(RawSource source) throws InterruptedIOException {
    try {
      if (source instanceof StreamSource) {
        Thread.sleep(SIGNAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ProcessEnd.begun()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Ctrl-C leaves no time to remove what may be large. */
  private void sayWhatIsLeft() {
    String left = unfinished();
    String line =
        "import stopped, %s stays until the next import of %s; or do: veneer device remove %s %s";
    console()
        .err()
        .println("veneer: " + String.format(line, left, name(), ShellWord.of(folder()), left));
  }

  private static void forget(Thread notice) {
    try {
      Runtime.getRuntime().removeShutdownHook(notice);
    } catch (IllegalStateException processIsEnding) {
      // It says so.
    }
  }

  private void requireNewName(PoolAccess pool) {
    if (exists(pool, name())) {
      throw new DeviceExistsException("a device of this name is there already: name=" + name());
    }
  }

  private RawSource source() throws IOException {
    boolean standardInput = file.toString().equals("-");
    return standardInput ? new StreamSource(console().in(), () -> {}) : FileSource.open(file);
  }

  private long firstSize(RawSource source) {
    long known = source.sizeBytes();
    if (sizeBytes != null && known > sizeBytes) {
      throw doesNotFit(known);
    }
    if (sizeBytes != null) {
      return sizeBytes;
    }
    return known == RawSource.UNKNOWN_SIZE ? FIRST_GUESS_BYTES : ImageLength.deviceBytes(known);
  }

  private void copy(PoolAccess pool, RawSource source) throws IOException {
    long total = Math.max(0, source.sizeBytes());
    try (BlockDevice device = pool.openDevice(unfinished());
        Progress progress = console().progress("import " + name(), Progress.Unit.BYTES, total)) {
      new ImportCopy(source, end -> grow(pool, device, end), progress).to(device);
      device.flush();
    }
  }

  private void grow(PoolAccess pool, BlockDevice device, long endOffset) {
    long now = device.sizeBytes();
    if (endOffset <= now) {
      return;
    }
    if (sizeBytes != null) {
      throw doesNotFit(endOffset);
    }
    long larger = Math.max(now * 2, ImageLength.deviceBytes(endOffset));
    pool.apply(operations -> operations.resizeDevice(unfinished(), larger));
  }

  private CommandFailure doesNotFit(long neededBytes) {
    return new CommandFailure(
        "the image is larger than --size: needed="
            + neededBytes
            + " size="
            + sizeBytes
            + "; give a larger --size or none");
  }

  private void finish(PoolAccess pool, long imageBytes) {
    long now = pool.device(unfinished()).sizeBytes();
    long deviceBytes = sizeBytes == null ? ImageLength.deviceBytes(imageBytes) : now;
    Map<String, String> length =
        sizeBytes == null ? ImageLength.attribute(imageBytes, deviceBytes) : Map.of();
    pool.apply(
        operations -> {
          if (deviceBytes != now) {
            operations.resizeDevice(unfinished(), deviceBytes);
          }
          operations.setAttributes(unfinished(), length);
          operations.renameDevice(unfinished(), name());
        });
  }

  private void removeAfter(Throwable failure, PoolAccess pool) {
    try {
      removeUnfinished(pool);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void removeUnfinished(PoolAccess pool) {
    if (exists(pool, unfinished())) {
      requireMark(pool);
      pool.apply(operations -> operations.removeDevice(unfinished()));
    }
  }

  private void requireMark(PoolAccess pool) {
    if (!name().equals(pool.device(unfinished()).attributes().get(MARK))) {
      throw new CommandFailure(
          "a device "
              + unfinished()
              + " is there that no import of "
              + name()
              + " has left behind; remove or rename it, as the import needs the name:"
              + " veneer device rename "
              + ShellWord.of(folder())
              + " "
              + unfinished()
              + " NAME");
    }
  }

  private static boolean exists(PoolAccess pool, String name) {
    try {
      pool.device(name);
      return true;
    } catch (NoSuchDeviceException e) {
      return false;
    }
  }

  private String unfinished() {
    return name() + UNFINISHED;
  }
}
