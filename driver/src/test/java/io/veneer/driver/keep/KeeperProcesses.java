// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The keepers that this process has started, to be stopped and killed. Any thread. */
public final class KeeperProcesses {
  private KeeperProcesses() {}

  /**
   * Those of a folder.
   *
   * @param runFolder the folder that their server was given
   * @return them
   * @throws IOException if one cannot be asked what it is
   */
  public static List<ProcessHandle> of(Path runFolder) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      Path arguments = Path.of("/proc", Long.toString(child.pid()), "cmdline");
      if (Files.readString(arguments).contains(runFolder + "/")) {
        found.add(child);
      }
    }
    return found;
  }

  /**
   * Has them do nothing, as if they hung, until {@link #goOn}.
   *
   * @param runFolder the folder that their server was given
   * @throws Exception if one cannot be stopped
   */
  public static void stop(Path runFolder) throws Exception {
    for (ProcessHandle each : of(runFolder)) {
      Program.run("sh", "-c", "kill -STOP " + each.pid());
      while (!isStopped(each)) {
        Thread.sleep(1);
      }
    }
  }

  /** A signal stops one thread after the other. */
  private static boolean isStopped(ProcessHandle process) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        if (!Files.readString(thread.resolve("stat")).contains(") T ")) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Ends what {@link #stop} began.
   *
   * @param runFolder the folder that their server was given
   * @throws Exception if one cannot be told
   */
  public static void goOn(Path runFolder) throws Exception {
    for (ProcessHandle each : of(runFolder)) {
      Program.run("sh", "-c", "kill -CONT " + each.pid());
    }
  }
}
