// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@link AttachPool} as a process that can be killed. */
final class AttachServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader output;
  private final List<Path> paths = new ArrayList<>();

  private AttachServer(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** Starts it, and waits until the devices are attached. */
  static AttachServer start(Path folder, int sizeMib, String... devices) throws IOException {
    return start(List.of(), folder, sizeMib, devices);
  }

  /** The same, keeping what is attached for the next server for so long. */
  static AttachServer startKeeping(int seconds, Path folder, int sizeMib, String... devices)
      throws IOException {
    return start(List.of("-Dveneer.keep=" + seconds), folder, sizeMib, devices);
  }

  /** The same; its process ends only so long after it has closed everything. */
  static AttachServer startLingering(
      int millis, int seconds, Path folder, int sizeMib, String... devices) throws IOException {
    List<String> options = List.of("-Dveneer.keep=" + seconds, "-Dveneer.linger=" + millis);
    return start(options, folder, sizeMib, devices);
  }

  private static AttachServer start(
      List<String> options, Path folder, int sizeMib, String... devices) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(options);
    command.addAll(
        List.of(
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "-Djnr.ffi.x86asm.enabled=false",
            "-Dchronicle.analytics.disable=true",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            AttachPool.class.getName(),
            folder.resolve("pool").toString(),
            folder.resolve("run").toString(),
            Integer.toString(sizeMib)));
    command.addAll(List.of(devices));
    Path log = folder.resolve("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    AttachServer server = new AttachServer(builder.start());
    for (String line = server.said(log); !"ready".equals(line); line = server.said(log)) {
      server.paths.add(Path.of(line.split(" ")[0]));
    }
    return server;
  }

  private String said(Path log) throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("server ended: " + Files.readString(log));
    }
    return line;
  }

  /** The block devices, in the order in which the devices were named. */
  Path path(int index) {
    return paths.get(index);
  }

  /** Kills it at once, as {@code kill -9} does. */
  void kill() throws InterruptedException {
    if (!killWithin(PATIENCE_SECONDS)) {
      throw new AssertionError("was killed and does not end: pid=" + process.pid());
    }
  }

  /** The same; false if it is still there after so long. */
  boolean killWithin(long seconds) throws InterruptedException {
    process.destroyForcibly();
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  /** Tells it to end. */
  void tell() throws IOException {
    process.getOutputStream().close();
  }

  /** Has it close everything; its process may still be there. */
  void leave() throws IOException {
    tell();
    while (!"closed".equals(output.readLine())) {
      continue;
    }
  }

  /** Lets it end in good order. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        kill();
        throw new IOException("server did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
