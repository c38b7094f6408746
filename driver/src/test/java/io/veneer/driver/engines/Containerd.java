// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A containerd of a test, with folders and a socket of its own, and our snapshotter as {@code
 * veneer}. Closing ends its containers and their shims, too.
 */
public final class Containerd implements AutoCloseable {
  public static final String SNAPSHOTTER = "veneer";

  private final Path folder;
  private final Path address;
  private final Daemon daemon;

  private Containerd(Path folder, Path address, Daemon daemon) {
    this.folder = folder;
    this.address = address;
    this.daemon = daemon;
  }

  /** Starts it in a folder, for a snapshotter that listens on a socket. */
  public static Containerd start(Path folder, Path snapshotterSocket) throws IOException {
    Files.createDirectories(folder);
    Path address = folder.resolve("c.sock");
    Path config = folder.resolve("config.toml");
    Files.writeString(config, configuration(folder, address, snapshotterSocket));
    Daemon daemon =
        Daemon.start(
            folder.resolve("containerd.log"),
            output -> output.contains("containerd successfully booted"),
            List.of("containerd", "--config", config.toString()));
    return new Containerd(folder, address, daemon);
  }

  private static String configuration(Path folder, Path address, Path snapshotterSocket) {
    return """
    version = 2
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = ["io.containerd.grpc.v1.cri"]
    [grpc]
      address = "%2$s"
    [proxy_plugins.%3$s]
      type = "snapshot"
      address = "%4$s"
    """
        .formatted(folder, address, SNAPSHOTTER, snapshotterSocket);
  }

  /** Runs ctr; fails if it fails. */
  public String ctr(Object... arguments) throws IOException {
    return Programs.run(command(arguments));
  }

  /** Runs ctr, however it ends. */
  public Programs.Result attempt(Object... arguments) throws IOException {
    return Programs.attempt(command(arguments));
  }

  /** What to run for a call of ctr. */
  public Object[] command(Object... arguments) {
    List<Object> command = new ArrayList<>(List.of("ctr", "--address", address));
    command.addAll(Arrays.asList(arguments));
    return command.toArray();
  }

  /** Unpacks an image of an archive with our snapshotter. */
  public void importImage(Path archive, String name) throws IOException {
    ctr("images", "import", "--base-name", name, "--snapshotter", SNAPSHOTTER, archive);
  }

  /** Where it listens. */
  public Path address() {
    return address;
  }

  public String output() {
    return daemon.output();
  }

  @Override
  public void close() throws IOException {
    try {
      endContainers();
    } finally {
      daemon.close();
      endShims();
      Mounts.clear(folder);
    }
  }

  private void endContainers() throws IOException {
    for (String id : attempt("tasks", "ls", "-q").output().lines().toList()) {
      attempt("tasks", "delete", "--force", id);
    }
    for (String id : attempt("containers", "ls", "-q").output().lines().toList()) {
      attempt("containers", "delete", id);
    }
  }

  /** Shims outlive containerd on purpose; ours are those with our socket on their command line. */
  private void endShims() {
    ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).contains(address.toString()))
        .filter(process -> commandLine(process).contains("containerd-shim"))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }
}
