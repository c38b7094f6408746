// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process of which perhaps nothing is left but threads that wait in the kernel. Source of the
 * formats: proc_pid_stat(5) and proc_pid_syscall(5). Any thread.
 *
 * @param pid its process id
 */
record KilledProcess(long pid) {
  private static final Path PROCESSES = Path.of("/proc");

  /** What comes behind the command's name when only threads are left. */
  private static final String ZOMBIE = ") Z ";

  /** The numbers of the calls that change a file's bytes, by the machine's name. */
  private static final Map<String, Set<String>> CHANGING =
      Map.of(
          // write, pwrite64, writev, sendfile, ftruncate, fallocate, pwritev, copy_file_range,
          // pwritev2
          "amd64", Set.of("1", "18", "20", "40", "77", "285", "296", "326", "328"),
          "aarch64", Set.of("64", "68", "66", "71", "46", "47", "70", "285", "287"));

  /** Whether it can do nothing any more but end what its threads have begun in the kernel. */
  boolean isKilled() {
    try {
      Path stat = folder().resolve("stat");
      return Files.readString(stat, StandardCharsets.ISO_8859_1).contains(ZOMBIE);
    } catch (IOException e) {
      return false; // gone
    }
  }

  /**
   * Whether none of its threads is in the middle of changing a file; false also where that cannot
   * be told. Of a killed process, which begins nothing more, this stays true.
   */
  boolean leavesFilesAlone() {
    Set<String> changing = CHANGING.get(System.getProperty("os.arch"));
    if (changing == null) {
      return false;
    }
    try (Stream<Path> threads = Files.list(folder().resolve("task"))) {
      List<Path> all = threads.toList();
      for (Path thread : all) {
        if (!isZombie(thread) && changing.contains(call(thread))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isZombie(Path thread) throws IOException {
    return Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1).contains(ZOMBIE);
  }

  private static String call(Path thread) throws IOException {
    return Files.readString(thread.resolve("syscall")).split(" ")[0].strip();
  }

  private Path folder() {
    return PROCESSES.resolve(Long.toString(pid));
  }
}
