// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import io.veneer.driver.host.HostFiles.TreeSize;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Measures what a tree holds for itself whose files share blocks with those of another, by asking
 * the file system where the blocks lie (FIEMAP). One thread for one run.
 */
public final class SharedBlocks extends SimpleFileVisitor<Path> {
  private final Path tree;
  private final Path other;
  private final Set<Object> seen = new HashSet<>();
  private long ownBytes;
  private long inodes;

  private SharedBlocks(Path tree, Path other) {
    this.tree = tree;
    this.other = other;
  }

  /**
   * Measures a tree without the blocks that are also the other tree's, at the same path.
   *
   * @param tree a folder
   * @param other the folder whose blocks do not count
   * @return bytes of the tree's own blocks, and all its inodes, which are never shared
   * @throws IOException if the host fails
   */
  public static TreeSize sizeOf(Path tree, Path other) throws IOException {
    SharedBlocks measure = new SharedBlocks(tree, other);
    Files.walkFileTree(tree, measure);
    return new TreeSize(measure.ownBytes, measure.inodes);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    return visitFile(folder, attributes);
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (seen.add(attributes.fileKey())) {
      ownBytes += ownBytes(file);
      inodes++;
    }
    return FileVisitResult.CONTINUE;
  }

  private long ownBytes(Path file) throws IOException {
    Optional<FileStatus> status = FileStatus.find(file);
    if (status.isEmpty()) {
      return 0;
    }
    Path counterpart = other.resolve(tree.relativize(file));
    boolean canShare =
        status.get().isFile()
            && FileStatus.find(counterpart).filter(FileStatus::isFile).isPresent();
    return canShare
        ? ExtentCalls.bytesOutside(ExtentCalls.extents(file), ExtentCalls.extents(counterpart))
        : status.get().allocatedBytes();
  }

  /** Where a run of bytes lies on the disk. */
  record Extent(long physicalOffset, long lengthBytes) {
    long end() {
      return physicalOffset + lengthBytes;
    }
  }
}
