// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process of a test that goes on until it is ended, by its id. Its output is in a file. */
public final class Daemon implements AutoCloseable {
  private static final int READY_SECONDS = 120;
  private static final int END_SECONDS = 30;
  private static final int WAIT_MILLIS = 20;

  private final Process process;
  private final Path log;

  private Daemon(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a program, and waits until it is ready, as its output or the machine shows. */
  public static Daemon start(Path log, Predicate<String> ready, List<String> command)
      throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Daemon daemon = new Daemon(process, log);
    if (!daemon.await(() -> ready.test(daemon.output()))) {
      daemon.close();
      throw new IOException("not ready: " + command + "\n" + daemon.output());
    }
    return daemon;
  }

  private boolean await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  static void pause() {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** All it printed. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it as a crash does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("was killed and does not end: pid=" + process.pid());
    }
  }

  /** Asks it to end, and makes it end if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
