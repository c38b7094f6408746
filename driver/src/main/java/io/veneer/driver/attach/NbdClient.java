// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The kernel's NBD client, told what to do by the program {@code nbd-client}. The program was
 * chosen over netlink messages of our own because it also knows the older ioctls, and what it does
 * on kernels of every age is tried by many. No state; any thread.
 *
 * @param program the program
 * @param sysfs where the kernel shows its block devices
 * @param scratch a folder for the program's output, which a child of it may hold open for long
 */
record NbdClient(Path program, Path sysfs, Path scratch) {
  private static final List<String> PLACES = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");
  private static final String PROGRAM = "nbd-client";
  private static final Path SYSFS = Path.of("/sys/block");
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String PROCESS = "pid";
  private static final long PATIENCE_SECONDS = 30;
  private static final int SECTOR_BYTES = 512;

  /** What this machine has; the program may be missing. */
  static NbdClient ofThisMachine(Path scratch) {
    String places = System.getenv().getOrDefault("PATH", "");
    Path program =
        Stream.concat(Arrays.stream(places.split(":")), PLACES.stream())
            .filter(place -> !place.isEmpty())
            .map(place -> Path.of(place, PROGRAM))
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    return new NbdClient(program, SYSFS, scratch);
  }

  /** Whether there is a device to connect, and the program to do it. */
  boolean isThere() {
    return program != null && !devices().isEmpty();
  }

  /**
   * Connects a free device to an export of a server on this machine.
   *
   * @return the connection
   */
  NbdConnection connect(
      Path socket, String export, boolean readOnly, int sectorBytes, long sizeBytes) {
    requireThere();
    String failure = "all are in use";
    for (String device : devices()) {
      if (isFree(device)) {
        Path path = Path.of("/dev", device);
        failure = run(connecting(path, socket, export, readOnly, sectorBytes));
        if (failure.isEmpty()) {
          NbdConnection made = new NbdConnection(path, awaitProcess(path), boot());
          requireSize(made, sizeBytes);
          return made;
        }
      }
    }
    throw PoolException.badRequest(
        "the kernel's NBD client cannot be connected: device=" + export + " cause=" + failure);
  }

  private List<String> connecting(
      Path device, Path socket, String export, boolean readOnly, int sectorBytes) {
    List<String> words = new ArrayList<>(List.of("-unix", socket.toString(), "-name", export));
    words.addAll(List.of("-block-size", Integer.toString(sectorBytes)));
    if (readOnly) {
      words.add("-readonly");
    }
    words.add(device.toString());
    return words;
  }

  private void requireThere() {
    if (devices().isEmpty()) {
      throw PoolException.badRequest(
          "the kernel has no NBD client; load its module (modprobe nbd), or attach via loop");
    }
    if (program == null) {
      throw PoolException.badRequest(
          "there is no program nbd-client; install it, or attach via loop");
    }
  }

  /** The program may be over before a child of it has connected. */
  private String awaitProcess(Path device) {
    Patience patience = new Patience();
    String process = processOf(device);
    while (process.isEmpty() && patience.pause()) {
      process = processOf(device);
    }
    if (process.isEmpty()) {
      run(List.of("-d", device.toString()));
      throw PoolException.badRequest(
          "the kernel's NBD client does not say that it is connected: path=" + device);
    }
    return process;
  }

  /** A device that took another size than it should was connected by somebody else. */
  private void requireSize(NbdConnection made, long sizeBytes) {
    long found = 0;
    try {
      found = Long.parseLong(attribute(made.device(), "size")) * SECTOR_BYTES;
    } catch (NumberFormatException e) {
      // Then it has none.
    }
    if (found != sizeBytes) {
      disconnect(made);
      throw PoolException.badRequest(
          "the kernel's NBD client has another size than the device: path="
              + made.device()
              + " sizeBytes="
              + found
              + " expected="
              + sizeBytes);
    }
  }

  /**
   * Takes a device from its server. Who waits for an answer of it gets an error. Does nothing if
   * the connection is over, since the device may have another one by now.
   */
  void disconnect(NbdConnection connection) {
    if (!isConnected(connection)) {
      return;
    }
    String failure =
        program == null
            ? "there is no program nbd-client"
            : run(List.of("-d", connection.device().toString()));
    if (!failure.isEmpty()) {
      throw PoolException.badRequest(
          "the kernel's NBD client cannot be disconnected: path="
              + connection.device()
              + " cause="
              + failure);
    }
  }

  /** Whether it is this connection that the device has; also one that is cut and still in use. */
  boolean isConnected(NbdConnection connection) {
    return !connection.process().isEmpty()
        && boot().equals(connection.boot())
        && processOf(connection.device()).equals(connection.process());
  }

  /** Whether a device, such as {@code nbd0}, has no connection. */
  boolean isFree(String device) {
    return Files.notExists(sysfs.resolve(device).resolve(PROCESS));
  }

  /** The kernel shows who connected a device, and nothing for a free one. */
  private String processOf(Path device) {
    return attribute(device, PROCESS);
  }

  /** Empty if the device has none of that name. */
  private String attribute(Path device, String name) {
    try {
      return Files.readString(sysfs.resolve(device.getFileName()).resolve(name)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String boot() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private List<String> devices() {
    try (Stream<Path> entries = Files.list(sysfs)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches("nbd\\d+"))
          .sorted(Comparator.comparingInt(String::length).thenComparing(name -> name))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** What the program said if it failed, on one line; empty if it did what it was asked for. */
  private String run(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile(scratch, PROGRAM, ".out");
      try {
        return run(new ProcessBuilder(command).redirectErrorStream(true), output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private static String run(ProcessBuilder builder, Path output)
      throws IOException, InterruptedException {
    Process process = builder.redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "no answer from " + PROGRAM;
    }
    String said = Files.readString(output).strip().replace('\n', ' ');
    return process.exitValue() == 0
        ? ""
        : said.isEmpty() ? "exit code " + process.exitValue() : said;
  }
}
