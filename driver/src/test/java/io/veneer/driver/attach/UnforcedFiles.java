// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * A program that writes one file after the other, over and over, and forces few of them: what it
 * wrote is durable when it is unmounted in good order, and not before.
 */
final class UnforcedFiles {
  private static final int FILES = 200;
  private static final int FORCED_EVERY = 512;
  private static final int MORE = 32;
  private static final int BYTES_MIN = 1000;
  private static final int BYTES_STEP = 9000;
  private static final int SIZES = 7;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Path folder;
  private final Thread thread = new Thread(this::write, "unforced-files");
  private volatile int written;
  private volatile boolean stopped;
  private volatile IOException failure;

  UnforcedFiles(Path folder) {
    this.folder = folder;
  }

  void start() {
    thread.start();
  }

  private void write() {
    try {
      while (!stopped) {
        Path file = folder.resolve("file" + written % FILES);
        try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(content(written)));
          channel.force(written % FORCED_EVERY == 0);
        }
        written++;
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private static byte[] content(int serial) {
    return AttachedPool.bytes(BYTES_MIN + BYTES_STEP * (serial % SIZES), serial);
  }

  int written() {
    return written;
  }

  /** Waits until it has gone on. */
  void awaitMoreThan(int count) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (written <= count + MORE) {
      if (failure != null) {
        throw failure;
      }
      assertTrue(System.nanoTime() - deadline < 0, "writing does not go on");
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  void end() throws Exception {
    stopped = true;
    thread.join();
    if (failure != null) {
      throw failure;
    }
  }

  /** Compares what is there now with what was written last. */
  void check() throws IOException {
    for (int serial = Math.max(0, written - FILES); serial < written; serial++) {
      Path file = folder.resolve("file" + serial % FILES);
      assertArrayEquals(content(serial), Files.readAllBytes(file), file.toString());
    }
  }
}
