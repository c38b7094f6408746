// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.engines.Daemon;
import io.veneer.driver.engines.Dockerd;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.engines.ServeDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Docker on our plugin, which runs in a process of its own. */
abstract class PluginTrial extends DockerTrial {
  private Path socket;
  private Daemon server;

  /** The driver's name, as {@link ServeDriver} takes it. */
  abstract String driver();

  @Override
  Dockerd startDockerd(Path folder) throws IOException {
    String plugin = folder.getFileName().toString();
    socket = Files.createDirectories(Path.of("/run/docker/plugins")).resolve(plugin + ".sock");
    serve(folder);
    return Dockerd.start(folder.resolve("d"), plugin);
  }

  private void serve(Path folder) throws IOException {
    Path log = folder.resolve("server.log");
    server = ServeDriver.start(log, driver(), folder.resolve("home"), "-", socket);
  }

  @Override
  void endBelow() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }

  @Override
  long storedBytes(Path folder) throws IOException {
    return Long.parseLong(
        Programs.run("du", "-s", "--block-size=1", folder.resolve("home")).split("\\s")[0]);
  }

  @Test
  void theDaemonShowsTheDriver() throws IOException {
    String info = dockerd().docker("info");
    assertTrue(info.contains("Storage Driver: " + folder().getFileName()), info);
    assertTrue(info.contains("Driver: " + driver()), info);
  }

  @Test
  void newContainersStartAfterTheServerWasKilled() throws Exception {
    givenBase();
    dockerd().docker("run", "--detach", "--network=none", "--name=web", "base:1", "sleep", "600");
    dockerd().docker("exec", "web", "sh", "-c", "echo x > /tmp/x; sync");
    server.kill();
    serve(folder());
    assertEquals("hello\n", run("base:1", "echo", "hello"));
    afterAKill();
    dockerd().docker("rm", "--force", "web");
    dockerd().docker("rmi", "base:1");
  }

  /** The container {@code web} was running when the server was killed. */
  void afterAKill() throws IOException {
    assertEquals("x\n", dockerd().docker("exec", "web", "cat", "/tmp/x"));
    assertTrue(dockerd().docker("diff", "web").contains("A /tmp/x"));
  }
}
