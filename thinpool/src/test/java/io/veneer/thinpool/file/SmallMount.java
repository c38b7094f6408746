// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A small file system of its own, mounted for one test and always unmounted. Where this machine
 * cannot mount, the test that asks for it is skipped, and says why.
 */
final class SmallMount implements AutoCloseable {
  private final Path folder;

  private SmallMount(Path folder) {
    this.folder = folder;
  }

  /** A file system in memory. */
  static SmallMount tmpfs(Path folder, int bytes) throws IOException {
    Files.createDirectories(folder);
    mountOrSkip("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", folder.toString());
    return new SmallMount(folder);
  }

  /** An ext4 in a file, behind a loop device. */
  static SmallMount ext4(Path folder, int bytes) throws IOException {
    return inFile(folder, bytes, "mkfs.ext4", "-q", "-F", "-m", "0");
  }

  /** An xfs, which is never smaller than 300 MiB. */
  static SmallMount xfs(Path folder, int bytes) throws IOException {
    return inFile(folder, bytes, "mkfs.xfs", "-q");
  }

  private static SmallMount inFile(Path folder, int bytes, String... mkfs) throws IOException {
    Files.createDirectories(folder);
    Path image = folder.resolveSibling(folder.getFileName() + ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    String[] command = Arrays.copyOf(mkfs, mkfs.length + 1);
    command[mkfs.length] = image.toString();
    mountOrSkip(command);
    mountOrSkip("mount", "-o", "loop", image.toString(), folder.toString());
    return new SmallMount(folder);
  }

  /** A folder as it is, for reading only. */
  static SmallMount readOnly(Path folder, Path view) throws IOException {
    Files.createDirectories(view);
    mountOrSkip("mount", "--bind", folder.toString(), view.toString());
    SmallMount mount = new SmallMount(view);
    try {
      mountOrSkip("mount", "-o", "remount,bind,ro", view.toString());
    } catch (IOException | RuntimeException e) {
      mount.close();
      throw e;
    }
    return mount;
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    String failure = run("umount", folder.toString());
    if (failure != null) {
      run("umount", "-l", folder.toString());
      throw new IOException("was still in use when unmounted: " + failure);
    }
  }

  private static void mountOrSkip(String... command) throws IOException {
    String failure = run(command);
    Requirement.skipUnless(failure == null, "cannot mount: " + failure);
  }

  /** Null, or what went wrong. */
  private static String run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes()).strip();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return String.join(" ", command) + ": no answer";
      }
      return process.exitValue() == 0 ? null : String.join(" ", command) + ": " + output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
