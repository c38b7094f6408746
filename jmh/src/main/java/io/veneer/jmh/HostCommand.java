// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs of the host for what Java has no call for. */
final class HostCommand {
  private HostCommand() {}

  /** Runs a program, which must succeed. */
  static void run(String... command) {
    run(0, List.of(command));
  }

  /** Runs a program, which must end with a given exit code. */
  static void run(int exitCode, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != exitCode) {
        throw new IllegalStateException(
            "program failed: command="
                + String.join(" ", command)
                + " exit="
                + code
                + " "
                + printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
