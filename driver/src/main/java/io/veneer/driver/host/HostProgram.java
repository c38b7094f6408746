// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of the host, such as {@code mkfs.ext4}. Runs as a process without standard input, which
 * is ended when the thread that waits for it is interrupted. Cannot be changed; any thread.
 */
public final class HostProgram {
  /** Where Debian has them; the search path of users who are not root often lacks these. */
  private static final List<String> USUAL_PLACES = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

  private static final Object STARTING = new Object();

  private final Path path;
  private final Map<String, String> environment;

  private HostProgram(Path path, Map<String, String> environment) {
    this.path = path;
    this.environment = environment;
  }

  /**
   * Finds a program on this machine.
   *
   * @param name its file's name
   * @return the program, or empty
   */
  public static Optional<HostProgram> find(String name) {
    String searchPath = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Arrays.stream(searchPath.split(File.pathSeparator)), USUAL_PLACES.stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(path -> new HostProgram(path, Map.of()));
  }

  /**
   * Finds a program that is needed.
   *
   * @param name its file's name
   * @return the program
   * @throws IOException if this machine has none
   */
  public static HostProgram require(String name) throws IOException {
    return find(name).orElseThrow(() -> new IOException("no program, install it name=" + name));
  }

  /**
   * The same program with more environment variables.
   *
   * @param variables names and values
   * @return the program
   */
  public HostProgram with(Map<String, String> variables) {
    return new HostProgram(path, Map.copyOf(variables));
  }

  /**
   * Runs the program to its end.
   *
   * @param arguments its arguments
   * @return what it printed if it failed, on one line; empty if it succeeded
   * @throws IOException if it cannot be started
   * @throws InterruptedIOException if this thread was interrupted, whose mark stays set
   */
  public Optional<String> run(String... arguments) throws IOException {
    Ending ending = end(arguments);
    return ending.exitCode() == 0 ? Optional.empty() : Optional.of(ending.reason());
  }

  /**
   * Runs the program, which must succeed.
   *
   * @param arguments its arguments
   * @throws IOException with what it printed, if it failed
   */
  public void runOrFail(String... arguments) throws IOException {
    outputOf(arguments);
  }

  /**
   * Runs the program, which must succeed, for what it prints.
   *
   * @param arguments its arguments
   * @return what it printed, on both streams, without white space around it
   * @throws IOException with what it printed, if it failed
   */
  public String outputOf(String... arguments) throws IOException {
    Ending ending = end(arguments);
    if (ending.exitCode() != 0) {
      throw new IOException(
          "program failed name="
              + path.getFileName()
              + " arguments="
              + String.join(" ", arguments)
              + " said="
              + ending.reason());
    }
    return ending.output();
  }

  /**
   * One at a time: a process that is not the program yet has copies of all files that we have open,
   * and where many are such at once, on few processors, what we close stays in use for long.
   */
  private static Process start(ProcessBuilder builder) throws IOException {
    synchronized (STARTING) {
      return builder.start();
    }
  }

  private Ending end(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(path.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = start(builder);
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Ending(process.waitFor(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while running program=" + path.getFileName());
    } finally {
      process.destroy();
    }
  }

  /** How a run ended. */
  private record Ending(int exitCode, String output) {
    String reason() {
      return output.isEmpty() ? "exit code " + exitCode : output.replace('\n', ' ');
    }
  }
}
