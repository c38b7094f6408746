// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a user without the sources has it: the script and the jars, nothing to build. */
class LauncherIT {

  private static final Path MODULE = Path.of("").toAbsolutePath();

  @TempDir private Path folder;
  private Path launcher;

  private record Outcome(int exitCode, String output, String errors) {}

  @BeforeEach
  void unpackDistribution() throws IOException {
    Path tools = Files.createDirectory(folder.resolve("tools"));
    launcher = Files.copy(MODULE.resolve("veneer"), tools.resolve("veneer"));
    assertTrue(launcher.toFile().setExecutable(true));
    Files.createSymbolicLink(tools.resolve("target"), MODULE.resolve("target"));
  }

  @AfterEach
  void unlinkBuiltFiles() throws IOException {
    Files.delete(folder.resolve("tools").resolve("target"));
  }

  @Test
  void runsFromAnotherDirectory() throws Exception {
    assertSaysItsVersion(run(launcher, "--version"));
  }

  @Test
  void runsThroughRelativeAndAbsoluteLinks() throws Exception {
    Path relative = Path.of("tools", "veneer");
    Path first = Files.createSymbolicLink(folder.resolve("first link"), relative);
    Path second = Files.createSymbolicLink(folder.resolve("second"), first);
    assertSaysItsVersion(run(second, "--version"));
  }

  @Test
  void passesArgumentsAndExitCodeThrough() throws Exception {
    Outcome outcome = run(launcher, "no such command");
    assertEquals(2, outcome.exitCode);
    assertEquals("", outcome.output);
    assertTrue(outcome.errors.contains("'no such command'"), outcome.errors);
  }

  @Test
  void namesAreTakenInUtf8InALocaleWithout() throws Exception {
    String script =
        """
        export LC_ALL=C
        name=$(printf 'b\\303\\244r')
        mkdir "$2/$name"
        "$1" -q pool create "$2/$name/pool" --data-size 1G
        printf '\\351t\\351' | "$1" -q device import "$2/$name/pool" "$name"
        "$1" device list "$2/$name/pool" --json | grep '"name"'
        "$1" device read "$2/$name/pool" "$name" --length 3 | od -An -c
        "$1" -q device rename "$2/$name/pool" "$name" "$(printf 'latin\\344')"
        """;
    Outcome outcome =
        run(Path.of("/bin/sh"), "-c", script, "sh", launcher.toString(), folder.toString());
    assertEquals("      \"name\": \"bär\",\n 351   t 351\n", outcome.output);
    assertEquals(1, outcome.exitCode);
    assertTrue(outcome.errors.startsWith("veneer: the new name is no text"), outcome.errors);
  }

  private static void assertSaysItsVersion(Outcome outcome) {
    assertEquals(
        new Outcome(0, "veneer " + System.getProperty("veneer.version") + "\n", ""), outcome);
  }

  private Outcome run(Path command, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(line)
            .directory(Path.of("/").toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    process.getOutputStream().close();
    int exitCode = process.waitFor();
    return new Outcome(exitCode, read(output), read(errors));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
