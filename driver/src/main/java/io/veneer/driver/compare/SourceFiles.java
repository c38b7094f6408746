// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The readable regular files of a folder, sorted by path, so that what is made of them is the same
 * each time.
 *
 * @param top the folder
 * @param files the files
 * @param totalBytes their sizes, each rounded up to whole blocks
 */
record SourceFiles(Path top, List<Path> files, long totalBytes) {
  private static final int BLOCK_BYTES = 4096;

  static SourceFiles in(Path top) throws IOException {
    List<Path> files = new ArrayList<>();
    long totalBytes = 0;
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : (Iterable<Path>) all.sorted()::iterator) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(file)) {
          files.add(file);
          totalBytes += wholeBlocks(Files.size(file));
        }
      }
    }
    return new SourceFiles(top, List.copyOf(files), totalBytes);
  }

  /**
   * Copies files as long as they fit; one that does not fit is left out, smaller ones may follow.
   */
  void copyInto(Path folder, long budgetBytes) throws IOException {
    long left = budgetBytes;
    for (Path file : files) {
      long sizeBytes = wholeBlocks(Files.size(file));
      if (sizeBytes > left) {
        continue;
      }
      Path copy = folder.resolve(top.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      left -= sizeBytes;
    }
  }

  /**
   * Puts the files behind each other, each at the start of a block, up to a size; the rest stays a
   * hole.
   */
  void joinInto(FileChannel target, long sizeBytes) throws IOException {
    long offset = 0;
    for (Path file : files) {
      if (offset >= sizeBytes) {
        break;
      }
      try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
        offset += wholeBlocks(copy(source, target, offset, sizeBytes - offset));
      }
    }
    if (target.size() < sizeBytes) {
      target.write(ByteBuffer.allocate(1), sizeBytes - 1);
    }
  }

  private static long copy(FileChannel source, FileChannel target, long offset, long limitBytes)
      throws IOException {
    long lengthBytes = Math.min(source.size(), limitBytes);
    target.position(offset);
    long done = 0;
    while (done < lengthBytes) {
      long count = source.transferTo(done, lengthBytes - done, target);
      if (count == 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  private static long wholeBlocks(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }
}
