// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file that is written beside the one whose place it takes when it is whole. If the process is
 * told to end before (Ctrl-C, SIGTERM), the file is removed, however far its writer is, and that is
 * told. What a killed process left is written over.
 *
 * <p>One thread writes; another one, of the runtime, ends it.
 */
final class UnfinishedFile implements AutoCloseable {
  private static final String SUFFIX = ".exporting";

  private final Path target;
  private final Path path;
  private final Consumer<String> notice;
  private final Thread stop = new Thread(this::stop, "export-stopped");

  /** Whether the file has its place, or is gone. Guarded by this. */
  private boolean over;

  /** A file that takes the place of another one, which may be there. */
  UnfinishedFile(Path target, Consumer<String> notice) {
    this.target = target;
    this.path = target.resolveSibling(target.getFileName() + SUFFIX);
    this.notice = notice;
    Runtime.getRuntime().addShutdownHook(stop);
  }

  /** Opens the file to be written from its beginning. */
  synchronized FileChannel open() throws IOException {
    requireNotOver();
    return FileChannel.open(
        path,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Puts the file into its place, with the rights of the one that was there. */
  synchronized void finish() throws IOException {
    requireNotOver();
    if (Files.exists(target)) {
      Files.setPosixFilePermissions(path, Files.getPosixFilePermissions(target));
    }
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    over = true;
  }

  private void requireNotOver() throws InterruptedIOException {
    if (over) {
      throw new InterruptedIOException("stopped");
    }
  }

  /** The writer may be at it still, and does no harm: what it writes to has no name any more. */
  private synchronized void stop() {
    if (over) {
      return;
    }
    try {
      delete();
      notice.accept("export stopped, " + target + " is as it was before");
    } catch (IOException e) {
      notice.accept("export stopped, " + path + " stays and can be removed");
    }
  }

  private void delete() throws IOException {
    over = true;
    Files.deleteIfExists(path);
  }

  /** Removes the file, unless it has its place. */
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException processIsEnding) {
      return; // The hook removes it.
    }
    synchronized (this) {
      if (!over) {
        delete();
      }
    }
  }
}
