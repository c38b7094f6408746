// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.host.HostFiles;
import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the contents of a device as a raw image. */
@Command(
    header = "Write a device as a raw image.",
    description = {
      "In a file, what reads as zeroes becomes holes. An imported image comes back byte for byte.",
      "Until all of it is written it is in FILE.exporting, which is removed if the export is stopped."
    },
    footer = {
      "",
      "Example:",
      "  veneer device export /srv/pool web web.raw",
      "Example: into a pipe",
      "  veneer device export /srv/pool web | zstd > web.raw.zst"
    })
final class DeviceExport extends DeviceTask {
  private static final int FILE_TYPE_MASK = 0xF000;
  private static final int BLOCK_DEVICE_TYPE = 0x6000;

  @Parameters(
      index = "2",
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description =
          "Where the image goes, replacing what is there; - or nothing for standard output.")
  private Path file;

  DeviceExport(Console console) {
    super(console, PoolAccess.Purpose.READ);
  }

  @Override
  void run(PoolAccess pool) throws IOException {
    try (BlockDevice device = pool.openDeviceReadOnly(name());
        Progress progress =
            console().progress("export " + name(), Progress.Unit.BYTES, device.sizeBytes())) {
      ExportCopy copy = new ExportCopy(device, progress);
      long imageBytes = imageBytes(pool, copy);
      if (file.toString().equals("-")) {
        copy.toStream(0, imageBytes, console()::write);
      } else {
        toFile(copy, imageBytes);
      }
    }
  }

  /** Without the padding that an import added, unless something was written there since. */
  private long imageBytes(PoolAccess pool, ExportCopy copy) {
    long deviceBytes = pool.device(name()).sizeBytes();
    long imageBytes = ImageLength.imageBytes(pool.device(name()));
    return copy.isZero(imageBytes, deviceBytes) ? imageBytes : deviceBytes;
  }

  private void toFile(ExportCopy copy, long imageBytes) throws IOException {
    requireOutsidePool();
    requireFolder();
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        toSpecialFile(copy, imageBytes);
      } else {
        toRegularFile(copy, imageBytes);
      }
    } catch (IOException e) {
      throw failure(e);
    }
    console().confirm("exported " + name() + " to " + file + ": " + ByteSize.format(imageBytes));
  }

  private void requireFolder() {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new CommandFailure("there is no folder " + parent + "; make it first");
    }
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a folder; name a file");
    }
  }

  /** A slip of the hand must not write an image over the pool itself. */
  private void requireOutsidePool() throws IOException {
    Path target = file.toAbsolutePath().getParent();
    if (target != null && Files.isDirectory(target) && Files.isSameFile(target, folder())) {
      throw new CommandFailure(file + " is in the pool's folder; name a file outside of it");
    }
  }

  /** What is there is replaced when all of the image is, and is on the disk. */
  private void toRegularFile(ExportCopy copy, long imageBytes) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    try (UnfinishedFile unfinished = new UnfinishedFile(target, this::say)) {
      write(copy, imageBytes, unfinished);
      unfinished.finish();
    }
    HostFiles.forceFolder(target.getParent());
  }

  private void say(String line) {
    console().err().println("veneer: " + line);
  }

  private static void write(ExportCopy copy, long imageBytes, UnfinishedFile unfinished)
      throws IOException {
    try (FileChannel target = unfinished.open()) {
      copy.toSparseFile(imageBytes, target);
      if (target.size() < imageBytes) {
        target.write(Chunks.zeroes(1), imageBytes - 1);
      }
      target.force(true);
    }
  }

  /** A block device may hold anything, so zeroes are written to it, too. */
  private void toSpecialFile(ExportCopy copy, long imageBytes) throws IOException {
    try (FileChannel target = FileChannel.open(file, StandardOpenOption.WRITE)) {
      copy.toStream(0, imageBytes, chunk -> writeAll(target, chunk));
      if (isBlockDevice()) {
        target.force(false);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writeAll(FileChannel target, ByteBuffer chunk) {
    try {
      while (chunk.hasRemaining()) {
        target.write(chunk);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pipes and terminals have nothing to be forced. */
  private boolean isBlockDevice() throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    return (mode & FILE_TYPE_MASK) == BLOCK_DEVICE_TYPE;
  }

  private CommandFailure failure(IOException e) {
    String reason = e.getMessage();
    if (e instanceof AccessDeniedException) {
      reason = "Permission denied";
    } else if (e instanceof FileSystemException host && host.getReason() != null) {
      reason = host.getReason();
    }
    return new CommandFailure(
        "cannot write " + file + ": " + reason + "; name another file, the device is unharmed", e);
  }
}
