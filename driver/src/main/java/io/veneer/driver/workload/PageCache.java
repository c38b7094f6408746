// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's page cache: empties it, and tells how it grows. Needs root. What other programs do
 * at the same time is counted too. Stateless; any thread.
 */
final class PageCache {
  private static final Path MEMORY_FIGURES = Path.of("/proc/meminfo");
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
  private static final String CACHED = "Cached:";
  private static final int BYTES_PER_KIB = 1024;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final long READ_BYTES_MAX = 256L << 20;

  /** Empties the cache of pages, names and inodes, as far as nobody uses them. */
  void drop() throws IOException {
    HostProgram.require("sync").runOrFail();
    Files.writeString(DROP_CACHES, "3\n");
  }

  /** Reads the head of two files from the disk: how many bytes more are cached after the second. */
  long growthOfSecond(Path first, Path second) throws IOException {
    drop();
    read(first);
    long before = cachedBytes();
    read(second);
    return Math.max(0, cachedBytes() - before);
  }

  private static void read(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      for (long read = 0; read < READ_BYTES_MAX && channel.read(buffer.clear()) >= 0; ) {
        read += buffer.position();
      }
    }
  }

  private static long cachedBytes() throws IOException {
    for (String line : Files.readAllLines(MEMORY_FIGURES)) {
      if (line.startsWith(CACHED)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * BYTES_PER_KIB;
      }
    }
    throw new IOException("no such figure name=" + CACHED + " file=" + MEMORY_FIGURES);
  }
}
