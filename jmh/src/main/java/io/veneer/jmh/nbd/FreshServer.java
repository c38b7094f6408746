// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;
import java.util.List;

/** A server that is started anew for each run, on something that nobody has written to yet. */
final class FreshServer implements Contender {
  private final String name;
  private final Path socket;
  private final String export;
  private final List<String> command;
  private final Runnable renew;
  private ServerProcess process;

  /**
   * Describes a server.
   *
   * @param export the name of what it serves
   * @param renew makes what it serves new, while it does not run
   */
  FreshServer(String name, Path socket, String export, List<String> command, Runnable renew) {
    this.name = name;
    this.socket = socket;
    this.export = export;
    this.command = command;
    this.renew = renew;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String serve() {
    renew.run();
    process = ServerProcess.start(socket, command);
    return Contender.uri(export, socket);
  }

  @Override
  public void served() {
    close();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }
}
