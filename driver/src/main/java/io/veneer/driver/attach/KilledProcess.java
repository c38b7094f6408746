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

  /** What stands for the call of a thread that is at work at the moment. */
  private static final String RUNNING = "running";

  /**
   * The calls that change a file's bytes, by the machine's name: their numbers, and which argument
   * is the file's descriptor.
   */
  private static final Map<String, Map<String, Integer>> CHANGING =
      Map.of(
          "amd64",
          Map.of(
              "1", 1, // write
              "18", 1, // pwrite64
              "20", 1, // writev
              "40", 1, // sendfile
              "77", 1, // ftruncate
              "285", 1, // fallocate
              "296", 1, // pwritev
              "326", 3, // copy_file_range
              "328", 1), // pwritev2
          "aarch64",
          Map.of(
              "64", 1, "68", 1, "66", 1, "71", 1, "46", 1, "47", 1, "70", 1, "285", 3, "287", 1));

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
   * Whether none of its threads is in the middle of changing a file of these; false also where that
   * cannot be told. Of a killed process, which begins nothing more, this stays true. A thread that
   * waits in a write to a device that the process itself served is no danger: it goes on when that
   * is answered, and ends.
   *
   * @param folder what lies in it, but not in folders in it
   */
  boolean leavesAlone(Path folder) {
    Map<String, Integer> changing = CHANGING.get(System.getProperty("os.arch"));
    if (changing == null) {
      return false;
    }
    try (Stream<Path> threads = Files.list(folder().resolve("task"))) {
      Set<Long> files = FileNumbers.in(folder);
      List<Path> all = threads.toList();
      for (Path thread : all) {
        if (!isZombie(thread) && mayChange(thread, changing, files)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean mayChange(Path thread, Map<String, Integer> changing, Set<Long> files)
      throws IOException {
    String[] call = Files.readString(thread.resolve("syscall")).strip().split(" ");
    if (call[0].equals(RUNNING)) {
      return true;
    }
    Integer argument = changing.get(call[0]);
    return argument != null && files.contains(FileNumbers.of(thread, descriptor(call[argument])));
  }

  /** An argument comes in hexadecimal digits, as wide as a register. */
  private static int descriptor(String argument) {
    return (int) Long.parseUnsignedLong(argument.substring("0x".length()), 16);
  }

  private static boolean isZombie(Path thread) throws IOException {
    return Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1).contains(ZOMBIE);
  }

  private Path folder() {
    return PROCESSES.resolve(Long.toString(pid));
  }
}
