// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
  private static final long PROMPT_SECONDS = 30;

  @TempDir Path parent;

  @Test
  void closingRemovesEverything() throws IOException {
    try (Scratch scratch = Scratch.in(parent.resolve("made"))) {
      Files.createDirectories(scratch.folder().resolve("a/b"));
      Files.writeString(scratch.folder().resolve("a/b/c"), "x");
    }
    assertEquals(List.of(), listed(parent.resolve("made")));
  }

  @Test
  void nothingIsLeftWhenTheProcessIsAskedToEnd() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                parent.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertEquals('!', process.getInputStream().read(), "did not begin to write");
      assertTrue(!listed(parent).isEmpty());
      process.destroy();
      assertTrue(process.waitFor(PROMPT_SECONDS, TimeUnit.SECONDS), "did not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(List.of(), listed(parent));
  }

  /** Keeps making files in a scratch folder until it is ended. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      Scratch scratch = Scratch.in(Path.of(arguments[0]));
      for (long i = 0; ; i++) {
        scratch.checkWanted();
        Files.writeString(scratch.folder().resolve("file" + i), "x");
        if (i == 100) {
          System.out.write('!');
          System.out.flush();
        }
      }
    }
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
