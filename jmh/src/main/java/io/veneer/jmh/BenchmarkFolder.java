// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for one benchmark's files, gone after {@link #close}. It lies in the folder that the
 * property {@value #WHERE} names, which should be on the disk that is to be measured.
 */
final class BenchmarkFolder implements AutoCloseable {
  static final String WHERE = "veneer.bench.folder";

  private final Path path;

  BenchmarkFolder() {
    try {
      path = Files.createTempDirectory(Files.createDirectories(where()), "veneer-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path where() {
    return Path.of(System.getProperty(WHERE, System.getProperty("java.io.tmpdir")));
  }

  Path path() {
    return path;
  }

  /** A path in the folder. */
  Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    delete(path);
  }

  static void delete(Path folder) {
    try (Stream<Path> found = Files.walk(folder)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
