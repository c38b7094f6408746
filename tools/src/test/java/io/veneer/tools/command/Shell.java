// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Runs scripts in which {@code veneer} is the packaged command as a process of its own, in a folder
 * of their own. A script may use {@code fail TEXT}, and ends at the first command that fails.
 */
final class Shell {
  private static final String PREAMBLE =
      """
      set -euo pipefail
      veneer() { "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" "$@"; }
      fail() { echo "FAILED: $*" >&2; exit 99; }
      """;
  private static final String JVM =
      "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djnr.ffi.x86asm.enabled=false"
          + " -Dchronicle.analytics.disable=true";

  private final Path folder;

  Shell(Path folder) {
    this.folder = folder;
  }

  /** Runs a script to its end. */
  Outcome run(String script) throws IOException, InterruptedException {
    return run("bash", script);
  }

  /** Runs a script that may mount what it likes: the mounts are its own and end with it. */
  Outcome runWithMounts(String script) throws IOException, InterruptedException {
    return run("unshare -m bash", script);
  }

  private Outcome run(String interpreter, String script) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("script"), PREAMBLE + script);
    Path out = folder.resolve("script.out");
    Path err = folder.resolve("script.err");
    ProcessBuilder builder = new ProcessBuilder((interpreter + " " + file).split(" "));
    builder.directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    String java = ProcessHandle.current().info().command().orElse("java");
    builder.environment().put("JAVA", java);
    builder.environment().put("VENEER_JVM", ClassArchive.options(java, JVM, jar()));
    builder.environment().put("VENEER_JAR", jar().toString());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("the script hangs: " + Files.readString(err));
    }
    String errText = Files.readString(err, StandardCharsets.UTF_8);
    return new Outcome(process.exitValue(), Files.readAllBytes(out), errText);
  }

  private static Path jar() {
    String name = "tools-" + System.getProperty("veneer.version") + ".jar";
    return Path.of("target", name).toAbsolutePath();
  }
}
