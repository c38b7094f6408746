// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program {@code mkfs.ext4}, told to leave nothing to chance. Runs as a process that is ended
 * when the thread that waits for it is interrupted. Any thread.
 */
final class Ext4Maker {
  private static final String PROGRAM = "mkfs.ext4";

  /** Where Debian has it; the search path of users who are not root often lacks these. */
  private static final List<String> USUAL_PLACES = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

  private static final String IDENTITY = "76656e65-6572-4a00-8000-6a646b696d67";
  private static final String TIME = "1767225600";

  private final Path program;

  private Ext4Maker(Path program) {
    this.program = program;
  }

  /** Finds the program on this machine. */
  static Optional<Ext4Maker> find() {
    String searchPath = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Arrays.stream(searchPath.split(File.pathSeparator)), USUAL_PLACES.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Ext4Maker::new);
  }

  /** Makes an image that holds a folder; answers the program's reason if it cannot. */
  Optional<String> make(Path folder, Path image, long sizeBytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    String extended = "hash_seed=" + IDENTITY + ",root_owner=0:0";
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "-q",
            "-F",
            "-b",
            "4096",
            "-m",
            "0",
            "-L",
            "veneer",
            "-U",
            IDENTITY,
            "-E",
            extended,
            "-d",
            folder.toString(),
            image.toString());
    builder.environment().putAll(Map.of("E2FSPROGS_FAKE_TIME", TIME, "SOURCE_DATE_EPOCH", TIME));
    builder.redirectErrorStream(true);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? Optional.empty() : Optional.of(output.replace('\n', ' '));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriverException(Kind.CANCELLED, "interrupted while making an image", e);
    } finally {
      process.destroy();
    }
  }
}
