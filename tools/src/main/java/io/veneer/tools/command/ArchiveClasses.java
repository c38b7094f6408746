// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.socket.SocketFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Runs the usual commands on a pool of its own, for the launcher: the classes that are loaded
 * meanwhile are what it archives, so that later starts load them in one piece. Not for users.
 */
@Command(header = "Load the classes that most commands need, for the launcher.", hidden = true)
final class ArchiveClasses implements Callable<Integer> {
  private static final List<String> SCRIPT =
      List.of(
          "--help",
          "device write --help",
          "pool create POOL --data-size 1G",
          "device create POOL a --size 2M",
          "device write POOL a --offset 4K",
          "device snapshot POOL a b",
          "device write POOL b --offset 4K",
          "device import POOL c",
          "device list POOL",
          "device list POOL --json",
          "device info POOL b --json",
          "device read POOL b --offset 0 --length 64K",
          "device export POOL c",
          "device rename POOL c d",
          "pool status POOL",
          "device info POOL none",
          "device remove POOL a b d");

  /** What runs while the pool is served: the classes of both sides are those of a live pool. */
  private static final List<String> SERVED_SCRIPT =
      List.of(
          "device create POOL a --size 2M",
          "device write POOL a --offset 4K",
          "device snapshot POOL a b",
          "device list POOL",
          "device info POOL b --json",
          "device export POOL a",
          "pool status POOL",
          "device info POOL none");

  private static final long WAIT_MILLIS = 10;
  private static final int WAITS_MAX = 1000;

  ArchiveClasses() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("veneer-classes");
    try {
      Path pool = folder.resolve("pool");
      SCRIPT.forEach(command -> runOn(pool, command));
      runServed(pool, folder.resolve("nbd"));
    } finally {
      remove(folder);
    }
    return 0;
  }

  private static void runServed(Path pool, Path socket) throws InterruptedException, IOException {
    Thread server = new Thread(() -> run("serve", pool.toString(), "--nbd", socket.toString()));
    server.start();
    for (int i = 0; i < WAITS_MAX && Files.notExists(pool.resolve("control")); i++) {
      Thread.sleep(WAIT_MILLIS);
    }
    SocketFile.connect(socket).close();
    SERVED_SCRIPT.forEach(command -> runOn(pool, command));
    server.interrupt();
    server.join();
  }

  private static void runOn(Path pool, String command) {
    run(command.replace("POOL", pool.toString()).split(" "));
  }

  private static void run(String... arguments) {
    OutputStream nowhere = OutputStream.nullOutputStream();
    byte[] input = "some bytes".getBytes(StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(nowhere, false, StandardCharsets.UTF_8);
    Veneer.run(arguments, new ByteArrayInputStream(input), nowhere, err);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
