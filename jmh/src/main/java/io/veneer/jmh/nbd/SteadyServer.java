// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.nio.file.Path;
import java.util.List;

/** A server that keeps the same image through all runs; started at the first. */
final class SteadyServer implements Contender {
  private final String name;
  private final Path socket;
  private final String export;
  private final List<String> command;
  private final Runnable fill;
  private ServerProcess process;

  /**
   * Describes a server.
   *
   * @param export the name of what it serves
   * @param fill brings the image in after the start, through the server
   */
  SteadyServer(String name, Path socket, String export, List<String> command, Runnable fill) {
    this.name = name;
    this.socket = socket;
    this.export = export;
    this.command = command;
    this.fill = fill;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String serve() {
    if (process == null) {
      process = ServerProcess.start(socket, command);
      fill.run();
    }
    return Contender.uri(export, socket);
  }

  @Override
  public void served() {
    // the same goes on
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }
}
