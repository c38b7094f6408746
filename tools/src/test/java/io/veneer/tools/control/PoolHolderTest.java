// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.socket.SocketFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has a pool and does not answer is told apart by what it was started as, and listens. */
class PoolHolderTest {
  private static final long OURS = ProcessHandle.current().pid();

  @TempDir private Path pool;

  @ParameterizedTest
  @CsvSource({
    "tools-1.jar serve p2, true",
    "tools-1.jar --verbose serve p2 --nbd s, true",
    "tools-1.jar device create serve x, false",
    "java, false",
  })
  void aServerIsKnownByItsCommand(String command, boolean serves) {
    String message = "pool is in use: pool=/srv/pool holder=pid 17 (" + command + ")";
    assertEquals(new PoolHolder(17, serves), PoolHolder.in(message));
  }

  @Test
  void ofOneThatIsNotKnownNothingIsSaid() {
    assertEquals(new PoolHolder(0, false), PoolHolder.in("holder=not known"));
    assertEquals(
        "wait until that process has ended, or end it", new PoolHolder(0, false).advice(pool));
  }

  /** However long it runs: with much to do, or stopped, it may take its time. */
  @Test
  void aServerThatDoesNotListenIsNotToBeEnded() {
    String advice = "that is a server that is starting or ending, try again in a moment";
    assertEquals(advice, new PoolHolder(OURS, true).advice(pool));
    assertEquals(advice, new PoolHolder(Integer.MAX_VALUE, true).advice(pool));
  }

  @Test
  void aServerWhoseSocketWasRemovedIsToBeEnded() throws IOException {
    Path socket = pool.resolve("control");
    try (SocketFile listening = SocketFile.listenAnywhere(socket)) {
      Files.delete(listening.path());
      Path other = Files.createSymbolicLink(pool.resolve("other"), pool);
      assertEquals(
          "that is a server whose socket "
              + other.resolve("control")
              + " was removed; end it with SIGTERM and start it again",
          new PoolHolder(OURS, true).advice(other));
    }
    assertTrue(new PoolHolder(OURS, true).startsOrEnds(pool));
  }
}
