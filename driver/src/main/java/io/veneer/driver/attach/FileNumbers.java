// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which file a descriptor is of, by the inode number that the kernel tells of it. Unlike for a
 * stat, no file system is asked for that, which may wait for us; and unlike a path it is the same
 * in every namespace. Two files of different file systems may have the same. Source of the format:
 * proc_pid_fdinfo(5); the number is there since Linux 5.14. Stateless; any thread.
 */
final class FileNumbers {
  private static final Path SELF = Path.of("/proc/self");
  private static final String FIELD = "ino:";

  private FileNumbers() {}

  /** Those of what lies in a folder, folders excepted. */
  static Set<Long> in(Path folder) throws IOException {
    Set<Long> numbers = new HashSet<>();
    try (Stream<Path> content = Files.list(folder)) {
      for (Path each : content.toList()) {
        if (!Files.isDirectory(each)) {
          numbers.add(of(each));
        }
      }
    }
    return numbers;
  }

  /** Asked in the same way as for others, as some file systems tell who looks at a path another. */
  private static long of(Path file) throws IOException {
    int opened = DeviceCalls.open(file.toString(), DeviceCalls.O_PATH);
    if (opened < 0) {
      throw new IOException("cannot open: file=" + file + " cause=" + DeviceCalls.describe(opened));
    }
    try {
      return of(SELF, opened);
    } finally {
      DeviceCalls.close(opened);
    }
  }

  /**
   * That of a descriptor.
   *
   * @param process the folder of its process or thread in {@code /proc}
   * @throws IOException if it cannot be told
   */
  static long of(Path process, int descriptor) throws IOException {
    Path told = process.resolve("fdinfo").resolve(Integer.toString(descriptor));
    List<String> lines = Files.readAllLines(told);
    for (String line : lines) {
      if (line.startsWith(FIELD)) {
        return Long.parseUnsignedLong(line.substring(FIELD.length()).strip());
      }
    }
    throw new IOException("no inode number, Linux 5.14 is needed: file=" + told);
  }
}
