// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options with which a server cannot start. */
class ServeOptionsTest {
  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void givenAPool() {
    pool = PoolFolder.in(folder);
  }

  private String refused(String... options) {
    String[] line = new String[options.length + 2];
    line[0] = "serve";
    line[1] = pool.toString();
    System.arraycopy(options, 0, line, 2, options.length);
    return Outcome.of(line).failedWith(1);
  }

  @Test
  void theControlSocketIsNoPlaceForAnotherOne() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), pool.path());
    for (Path place : new Path[] {pool.path(), link}) {
      Path socket = place.resolve("control");
      assertEquals(
          "this server has the socket already, for veneer commands or another option; take another"
              + " path: path="
              + socket,
          refused("--nbd", socket.toString()));
      assertFalse(Files.exists(socket));
    }
  }

  @Test
  void twoOptionsCannotHaveOneSocket() {
    String socket = folder.resolve("s").toString();
    assertEquals(
        "this server has the socket already, for veneer commands or another option; take another"
            + " path: path="
            + socket,
        refused("--nbd", socket, "--docker", socket));
  }

  @Test
  void aHostThatIsNotKnownIsAFailureAndNoWrongUsage() {
    for (String option : new String[] {"--nbd-tcp", "--metrics"}) {
      assertEquals(
          "no host of this name is known here; write its address, or take another one:"
              + " address=no.such.host.invalid:1",
          option.equals("--nbd-tcp")
              ? refused(option, "no.such.host.invalid:1", "--insecure")
              : refused(option, "no.such.host.invalid:1"));
    }
  }
}
