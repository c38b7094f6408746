// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs that nobody here wrote; where one is missing, the test says so and is skipped. */
public final class Program {
  private static final int TIMEOUT_SECONDS = 120;

  private Program() {}

  /**
   * Skips the test, with a printed reason, unless all of these are there.
   *
   * @param names file names of programs
   */
  public static void require(String... names) {
    for (String name : names) {
      boolean there =
          Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
      skipUnless(there, "no program " + name);
    }
  }

  /**
   * Skips the test, with a printed reason, unless this machine can.
   *
   * @param can whether it can
   * @param reason why not
   */
  public static void skipUnless(boolean can, String reason) {
    Requirement.skipUnless(can, reason);
  }

  /**
   * Runs a program to its end.
   *
   * @param command its words
   * @return what it printed
   * @throws IOException with what it printed, if it failed
   * @throws InterruptedException if this thread is interrupted
   */
  public static String run(Object... command) throws IOException, InterruptedException {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    Path output = Files.createTempFile("output", ".txt");
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String printed = Files.readString(output);
      if (!ended || process.exitValue() != 0) {
        String outcome = ended ? "exit " + process.exitValue() : "no end";
        throw new IOException(outcome + ": " + String.join(" ", words) + "\n" + printed);
      }
      return printed;
    } finally {
      Files.delete(output);
    }
  }
}
