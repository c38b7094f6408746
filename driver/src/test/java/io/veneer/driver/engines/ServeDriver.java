// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.containerd.SnapshotterServer;
import io.veneer.driver.docker.GraphdriverServer;
import io.veneer.driver.meter.RequestMeter;
import io.veneer.driver.overlay2.Overlay2Driver;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.vfs.VfsDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Serves a driver as a process of its own, so that it can be killed: {@code ServeDriver DRIVER HOME
 * CONTAINERD_SOCKET DOCKER_SOCKET}, either of which may be {@code -}.
 */
public final class ServeDriver {
  private ServeDriver() {}

  /** Starts such a process with the options of this one. */
  public static Daemon start(Path log, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> !option.startsWith("-javaagent"))
            .toList());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ServeDriver.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return Daemon.start(log, output -> output.endsWith("ready\n"), command);
  }

  public static void main(String[] arguments) throws InterruptedException {
    StorageDriver driver = open(arguments[0], Path.of(arguments[1]));
    List<AutoCloseable> open = new ArrayList<>();
    if (!arguments[2].equals("-")) {
      open.add(
          SnapshotterServer.start(
              Path.of(arguments[2]), new OwnedDriver(driver, "containerd"), RequestMeter.NONE));
    }
    if (!arguments[3].equals("-")) {
      open.add(
          GraphdriverServer.start(
              Path.of(arguments[3]),
              new OwnedDriver(driver, "docker"),
              List::of,
              RequestMeter.NONE));
    }
    open.add(driver);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  open.forEach(ServeDriver::close);
                  closed.countDown();
                }));
    System.out.println("ready");
    closed.await();
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      System.out.println("not closed: " + e);
    }
  }

  private static StorageDriver open(String driver, Path home) {
    return switch (driver) {
      case Overlay2Driver.NAME -> Overlay2Driver.open(home);
      case VfsDriver.NAME -> VfsDriver.open(home);
      default -> throw new IllegalArgumentException(driver);
    };
  }
}
