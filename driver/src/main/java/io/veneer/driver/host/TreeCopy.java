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
 * Makes a second tree of a folder: with copies of its files, with files that share their blocks, or
 * with further names (hard links) of them. Two names of one file in the source are two names of one
 * file in the copy. Stateless but for one run; any thread.
 */
public final class TreeCopy extends SimpleFileVisitor<Path> {
  /** What becomes of a regular file. */
  private enum Way {
    COPY,
    CLONE,
    LINK
  }

  private final Path from;
  private final Path to;
  private final Way way;
  private final Map<Object, Path> copies = new HashMap<>();
  private long copiedBytes;

  private TreeCopy(Path from, Path to, Way way) {
    this.from = from;
    this.to = to;
    this.way = way;
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
    return run(new TreeCopy(from, to, Way.COPY));
  }

  /**
   * Copies a tree whose files share all their blocks with those of the source.
   *
   * @param from a folder
   * @param to the new folder, which must not exist
   * @throws IOException if the host fails, or its file system cannot share blocks between files;
   *     the new folder may be there in part
   */
  public static void clone(Path from, Path to) throws IOException {
    run(new TreeCopy(from, to, Way.CLONE));
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
    run(new TreeCopy(from, to, Way.LINK));
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
    Path other = way == Way.LINK ? file : copies.putIfAbsent(attributes.fileKey(), target);
    if (other != null) {
      Files.deleteIfExists(target);
      Files.createLink(target, other);
    } else if (attributes.isRegularFile() && way == Way.CLONE) {
      FileCopy.clone(file, target);
    } else {
      copiedBytes += FileCopy.copyNode(file, target);
    }
    return FileVisitResult.CONTINUE;
  }

  private Path target(Path source) {
    return to.resolve(from.relativize(source));
  }
}
