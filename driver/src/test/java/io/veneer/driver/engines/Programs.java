// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import io.veneer.driver.host.HostProgram;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs that nobody here wrote; where one is missing, the test says so and is skipped. */
public final class Programs {
  private static final int TIMEOUT_SECONDS = 180;

  private Programs() {}

  /** Skips the test, with a printed reason, unless we are root and all of these are there. */
  public static void require(String... names) {
    Requirement.skipUnless(System.getProperty("user.name").equals("root"), "not root");
    for (String name : names) {
      Requirement.skipUnless(HostProgram.find(name).isPresent(), "no program " + name);
    }
  }

  /** Runs a program to its end, and gives what it printed; fails with that if it failed. */
  public static String run(Object... command) throws IOException {
    Result result = attempt(command);
    if (result.exitCode() != 0) {
      throw new IOException(
          "exit " + result.exitCode() + ": " + Arrays.toString(command) + "\n" + result.output());
    }
    return result.output();
  }

  /** Runs a program to its end, whatever that is. */
  public static Result attempt(Object... command) throws IOException {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    Path output = Files.createTempFile("output", ".txt");
    Process process =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return new Result(ended ? process.exitValue() : -1, Files.readString(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }

  /** Runs a program until it succeeds. */
  public static void awaitSuccess(Object... command) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (attempt(command).exitCode() != 0) {
      if (System.nanoTime() > deadline) {
        run(command);
      }
    }
  }

  /** How a program ended: -1 if it did not, and all it printed. */
  public record Result(int exitCode, String output) {}
}
