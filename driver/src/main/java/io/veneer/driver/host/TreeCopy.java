// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes a second tree of a folder: with copies of its files, or with further names (hard links) of
 * them. Two names of one file in the source are two names of one file in the copy. Devices, sockets
 * and pipes can be linked, but not copied. Stateless but for one run; any thread.
 */
public final class TreeCopy extends SimpleFileVisitor<Path> {
  private final Path from;
  private final Path to;
  private final boolean linking;
  private final Map<Object, Path> copies = new HashMap<>();
  private long copiedBytes;

  private TreeCopy(Path from, Path to, boolean linking) {
    this.from = from;
    this.to = to;
    this.linking = linking;
  }

  /**
   * Copies a tree; the files' contents are durable on return.
   *
   * @param from a folder
   * @param to the new folder, which must not exist
   * @return bytes copied, holes left out
   * @throws IOException if the host fails; the new folder may be there in part
   */
  public static long copy(Path from, Path to) throws IOException {
    return run(new TreeCopy(from, to, false));
  }

  /**
   * Gives all files of a tree second names in a new tree. Where the new tree has a file already, it
   * is replaced.
   *
   * @param from a folder
   * @param to the folder to link into; made if missing
   * @throws IOException if the host fails; the folder may have a part of the names
   */
  public static void link(Path from, Path to) throws IOException {
    run(new TreeCopy(from, to, true));
  }

  private static long run(TreeCopy copy) throws IOException {
    Files.walkFileTree(copy.from, copy);
    return copy.copiedBytes;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    Files.createDirectories(target(folder));
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
    FileCopy.copyAttributes(folder, target(folder));
    return super.postVisitDirectory(folder, failure);
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    Path target = target(file);
    Path other = linking ? file : copies.putIfAbsent(attributes.fileKey(), target);
    if (other != null) {
      Files.deleteIfExists(target);
      Files.createLink(target, other);
    } else if (attributes.isSymbolicLink()) {
      Files.createSymbolicLink(target, Files.readSymbolicLink(file));
      FileCopy.copyOwner(file, target);
    } else if (attributes.isRegularFile()) {
      copiedBytes += FileCopy.copy(file, target);
    } else {
      throw new IOException("cannot copy a device, socket or pipe: " + file);
    }
    return FileVisitResult.CONTINUE;
  }

  private Path target(Path source) {
    return to.resolve(from.relativize(source));
  }
}
