// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The export of an NBD server, as a file of nbdfuse. */
final class NbdFuseBehind implements LoopContender.Behind {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path mount;
  private final Path socket;
  private final List<String> command;
  private final Runnable renew;
  private ServerProcess server;
  private Process fuse;

  /**
   * Describes a server.
   *
   * @param folder where the mount point is made
   * @param renew makes what is served new, while the server does not run
   */
  NbdFuseBehind(Path folder, Path socket, List<String> command, Runnable renew) {
    this.mount = folder.resolve(socket.getFileName() + ".mount");
    this.socket = socket;
    this.command = command;
    this.renew = renew;
  }

  @Override
  public Path open() {
    renew.run();
    server = ServerProcess.start(socket, command);
    Path file = mount.resolve("disk");
    try {
      Files.createDirectories(mount);
      fuse = new ProcessBuilder("nbdfuse", file.toString(), Contender.uri("", socket)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long deadline = System.nanoTime() + START_NANOS;
    while (!Files.exists(file)) {
      if (!fuse.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("nbdfuse did not start: mount=" + mount);
      }
      Thread.onSpinWait();
    }
    return file;
  }

  @Override
  public void close() {
    if (fuse != null) {
      HostProgram.run("fusermount3", "-u", mount.toString());
      fuse.onExit().join();
      fuse = null;
    }
    if (server != null) {
      server.close();
      server = null;
    }
    try {
      Files.deleteIfExists(mount);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
