// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A dockerd of a test, with folders and a socket of its own and no networks. Closing ends its
 * containers, too.
 */
public final class Dockerd implements AutoCloseable {
  private final Path folder;
  private final Path address;
  private Daemon daemon;

  private Dockerd(Path folder) {
    this.folder = folder;
    this.address = folder.resolve("d.sock");
  }

  /** Starts it in a folder, with a storage driver: one of its own, or a plugin's name. */
  public static Dockerd start(Path folder, String storageDriver) throws IOException {
    Files.createDirectories(folder);
    Dockerd dockerd = new Dockerd(folder);
    dockerd.daemon =
        Daemon.start(
            folder.resolve("dockerd.log"),
            output -> output.contains("API listen on"),
            List.of(
                "dockerd",
                "--experimental",
                "--storage-driver=" + storageDriver,
                "--bridge=none",
                "--iptables=false",
                "--ip-forward=false",
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--pidfile=" + folder.resolve("pid"),
                "--host=unix://" + dockerd.address));
    return dockerd;
  }

  /** Runs the client; fails if it fails. */
  public String docker(Object... arguments) throws IOException {
    return Programs.run(command(arguments));
  }

  /** Runs the client, however it ends. */
  public Programs.Result attempt(Object... arguments) throws IOException {
    return Programs.attempt(command(arguments));
  }

  /** The old builder is the one that asks the storage driver. */
  private Object[] command(Object... arguments) {
    List<Object> command =
        new ArrayList<>(
            List.of("env", "DOCKER_BUILDKIT=0", "docker", "--host", "unix://" + address));
    command.addAll(Arrays.asList(arguments));
    return command.toArray();
  }

  /** All that it logged. */
  public String output() {
    return daemon.output();
  }

  @Override
  public void close() throws IOException {
    try {
      for (String id : attempt("ps", "--all", "--quiet").output().lines().toList()) {
        attempt("rm", "--force", id);
      }
    } finally {
      daemon.close();
      Mounts.clear(folder);
    }
  }
}
