// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Durable changes of the host's files, and what trees of them hold. Stateless; any thread. */
public final class HostFiles {
  /**
   * What a tree holds.
   *
   * @param allocatedBytes what the file system keeps for it
   * @param inodes files, folders and links, each counted once however many names it has
   */
  public record TreeSize(long allocatedBytes, long inodes) {}

  private static final String UNFINISHED = ".new";

  private HostFiles() {}

  /**
   * Gives a file a new content: after a power cut it has the old one or the new one.
   *
   * @param file the file; made if missing
   * @param content all its bytes
   * @throws IOException if the host fails; the file is then as it was
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(file.getParent());
  }

  /**
   * Removes what a {@link #replace} left in a folder that a crash cut off.
   *
   * @param folder where files were replaced
   * @throws IOException if the host fails
   */
  public static void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Makes a file's content and attributes durable.
   *
   * @param file a regular file
   * @throws IOException if the host fails
   */
  public static void force(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(true);
    }
  }

  /**
   * Finds the next byte of a file that is not in a hole.
   *
   * @param file a regular file
   * @param offset first byte to look at
   * @return an offset from there on; the file's size if only a hole is left
   * @throws IOException if the host fails
   */
  public static long nextData(Path file, long offset) throws IOException {
    int descriptor = HostCalls.openForReading(file);
    try {
      long data = HostCalls.seekData(descriptor, offset, file);
      return data == HostCalls.NO_MORE_DATA ? Files.size(file) : data;
    } finally {
      HostCalls.close(descriptor);
    }
  }

  /**
   * Makes the names in a folder durable.
   *
   * @param folder a folder
   * @throws IOException if the host fails
   */
  public static void forceFolder(Path folder) throws IOException {
    force(folder);
  }

  /**
   * Makes a tree durable: its regular files and its folders.
   *
   * @param top a folder
   * @throws IOException if the host fails
   */
  public static void forceTree(Path top) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              force(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            forceFolder(folder);
            return super.postVisitDirectory(folder, failure);
          }
        });
  }

  /**
   * Removes a file or a tree. What others remove at the same time, or is not there, is no failure.
   *
   * @param top a file, link or folder; links are removed, not followed
   * @throws IOException if something cannot be removed
   */
  public static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.deleteIfExists(folder);
            return super.postVisitDirectory(folder, failure);
          }
        });
  }

  /**
   * Measures a file or a tree. Files that disappear meanwhile are left out.
   *
   * @param top a file or folder
   * @return what it holds
   * @throws IOException if the host fails
   */
  public static TreeSize sizeOf(Path top) throws IOException {
    return sizeOf(top, Optional.empty());
  }

  /**
   * Measures a tree without the files that have a name in another tree too.
   *
   * @param top a file or folder
   * @param except the other tree, or empty
   * @return what it holds
   * @throws IOException if the host fails
   */
  public static TreeSize sizeOf(Path top, Optional<Path> except) throws IOException {
    Measure measure = new Measure();
    if (except.isPresent()) {
      Files.walkFileTree(except.get(), measure);
      measure.forgetSizes();
    }
    Files.walkFileTree(top, measure);
    return new TreeSize(measure.allocatedBytes, measure.inodes);
  }

  private static final class Measure extends SimpleFileVisitor<Path> {
    /** Keys are device and inode, so that a second name of a file adds nothing. */
    private final Set<Object> seen = new HashSet<>();

    private long allocatedBytes;
    private long inodes;

    /** Starts counting again, but not what was seen. */
    void forgetSizes() {
      allocatedBytes = 0;
      inodes = 0;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      return visitFile(folder, attributes);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (seen.add(attributes.fileKey())) {
        allocatedBytes += allocatedBytes(file);
        inodes++;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    private static long allocatedBytes(Path file) throws IOException {
      return FileStatus.find(file).map(FileStatus::allocatedBytes).orElse(0L);
    }
  }
}
