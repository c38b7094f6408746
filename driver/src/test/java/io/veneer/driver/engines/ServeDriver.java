// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.containerd.SnapshotterServer;
import io.veneer.driver.docker.GraphdriverServer;
import io.veneer.driver.meter.RequestMeter;
import io.veneer.driver.overlay2.Overlay2Driver;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.driver.vfs.VfsDriver;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Serves a driver as a process of its own, so that it can be killed: {@code ServeDriver DRIVER HOME
 * CONTAINERD_SOCKET DOCKER_SOCKET}, either of which may be {@code -}.
 */
public final class ServeDriver {
  private static final long POOL_BYTES = 20L << 30;
  private static final long VOLUME_BYTES = 4L << 30;

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
    List<AutoCloseable> below = new ArrayList<>();
    StorageDriver driver = open(arguments[0], Path.of(arguments[1]), below);
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
    open.addAll(below);
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

  /** Opens a driver; what it stands on and does not own is added, in the order of closing. */
  private static StorageDriver open(String driver, Path home, List<AutoCloseable> below) {
    return switch (driver) {
      case Overlay2Driver.NAME -> Overlay2Driver.open(home);
      case VfsDriver.NAME -> VfsDriver.open(home);
      case ThinDriver.NAME -> openThin(home, below);
      default -> throw new IllegalArgumentException(driver);
    };
  }

  private static StorageDriver openThin(Path home, List<AutoCloseable> below) {
    if (Files.notExists(home)) {
      ThinPool.create(home, PoolOptions.ofSize(POOL_BYTES));
    }
    ThinPool pool = ThinPool.open(home);
    Attachments attachments = Attachments.open(pool, home);
    below.add(attachments);
    below.add(pool);
    return ThinDriver.openMounted(
        pool, attachments, VolumeOptions.ext4(VOLUME_BYTES), home.resolve("volumes"));
  }
}
