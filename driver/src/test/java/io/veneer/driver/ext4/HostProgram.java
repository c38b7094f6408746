// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs programs of the host; a test that lacks one, or root, is skipped and says why. */
final class HostProgram {
  private HostProgram() {}

  static void require(String... names) {
    for (String name : names) {
      boolean there =
          Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
      skipUnless(there, "no program " + name);
    }
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  static void requireRoot() {
    skipUnless(isRoot(), "needs root to mount");
  }

  static void skipUnless(boolean can, String reason) {
    Requirement.skipUnless(can, reason);
  }

  /** Runs a program to its end; fails with what it printed if it failed. */
  static String run(Object... command) {
    List<String> words = new ArrayList<>(Arrays.stream(command).map(Object::toString).toList());
    if (Files.isExecutable(Path.of("/usr/sbin", words.get(0)))) {
      words.set(0, "/usr/sbin/" + words.get(0));
    }
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IllegalStateException("exit " + exit + ": " + words + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
