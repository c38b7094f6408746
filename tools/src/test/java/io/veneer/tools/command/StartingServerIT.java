// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands, as processes, that meet a server which has the pool's lock and no socket yet. */
class StartingServerIT {
  /** The moment is short, so it may take some tries to stop a server in it. */
  private static final String STOPPED =
      """
      trap 'kill -KILL $server 2> /dev/null || true' EXIT
      veneer -q pool create p
      stopped() {
        "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve p > server.out & server=$!
        until [ -s p/lock ]; do sleep 0.002; done
        kill -STOP $server
        [ ! -S p/control ] || { kill -KILL $server; wait $server 2> /dev/null || true; return 1; }
      }
      until stopped; do :; done
      """;

  @TempDir private Path folder;

  @Test
  void oneThatTakesItsTimeIsWaitedForAndNotToBeEnded() throws Exception {
    Outcome outcome =
        new Shell(folder)
            .run(
                STOPPED
                    + """
                    veneer device create p a --size 1M & create=$!
                    veneer attach --list p & attach=$!
                    ! veneer device list p || fail "device list"
                    ! wait $create || fail "device create"
                    ! wait $attach || fail "attach"
                    veneer -q device create p b --size 1M & create=$!
                    sleep 5
                    kill -0 $create 2> /dev/null || fail "it was not waited for"
                    kill -CONT $server
                    wait $create || fail "device create b"
                    veneer device list p | awk 'NR > 1 {print $1}'
                    kill $server
                    wait $server
                    """);
    assertEquals("b\n", outcome.out(), outcome::toString);
    assertEquals(0, outcome.exitCode(), outcome::toString);
    String[] lines = outcome.err().split("\n");
    assertEquals(3, lines.length, outcome::toString);
    for (String line : lines) {
      assertTrue(line.startsWith("veneer: pool is in use: pool="), line);
      assertTrue(
          line.endsWith("; that is a server that is starting or ending, try again in a moment"),
          line);
    }
  }
}
