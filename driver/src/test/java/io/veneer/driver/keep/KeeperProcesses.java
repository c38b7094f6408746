// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
   */
  public static List<ProcessHandle> of(Path runFolder) {
    return ProcessHandle.current()
        .children()
        .filter(child -> argumentsOf(child).contains(runFolder + "/"))
        .toList();
  }

  private static String argumentsOf(ProcessHandle child) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(child.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it has just ended: a child can always be asked
    }
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
   * Ends what {@link #stop} began; one that has just ended needs nothing.
   *
   * @param runFolder the folder that their server was given
   * @throws Exception if one cannot be told
   */
  public static void goOn(Path runFolder) throws Exception {
    for (ProcessHandle each : of(runFolder)) {
      Program.run("sh", "-c", "kill -CONT " + each.pid() + " || ! kill -0 " + each.pid());
    }
  }
}
