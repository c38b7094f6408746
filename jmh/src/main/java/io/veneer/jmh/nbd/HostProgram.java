// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs programs of the host to their end. */
final class HostProgram {
  private HostProgram() {}

  static String run(String... command) {
    return run(List.of(command));
  }

  /** Runs a program, which must succeed, and gives what it printed. */
  static String run(List<String> command) {
    try {
      Path output = Files.createTempFile("program", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code = process.waitFor();
        String printed = Files.readString(output);
        if (code != 0) {
          throw new IllegalStateException(
              "program failed: command="
                  + String.join(" ", command)
                  + " exit="
                  + code
                  + " printed="
                  + printed);
        }
        return printed;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
