// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands, as processes, that meet a server which ends or has lost its socket. */
class EndingServerIT {
  @TempDir private Path folder;

  @Test
  void commandsThatMeetAnEndingServerAreDoneAllTheSame() throws Exception {
    String script =
        """
        veneer --quiet pool create p --data-size 1G
        for round in 1 2; do
          "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve p >server.out &
          server=$!
          until grep -qs ready server.out; do sleep 0.05; done
          pids=
          for n in 1 2 3 4 5 6 7 8; do
            ( veneer device create p "q$round$n" --size 1M; touch "done$round" ) & pids="$pids $!"
            sleep 0.1
          done
          until [ -e "done$round" ]; do sleep 0.01; done
          kill $server
          for pid in $pids; do wait $pid || fail "a command in round $round"; done
          wait $server || fail "the server of round $round"
        done
        [ "$(veneer device list p --json | grep -o '"name"' | wc -l)" = 16 ] || fail "devices"
        """;
    Outcome outcome = new Shell(folder).run(script);
    assertEquals("", outcome.err());
    assertEquals(0, outcome.exitCode());
  }

  @Test
  void aServerThatLostItsSocketIsNamedWithWhatToDo() throws Exception {
    String script =
        """
        veneer --quiet pool create p --data-size 1G
        "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve p >server.out &
        server=$!
        until grep -qs ready server.out; do sleep 0.05; done
        rm p/control
        sleep 10
        ! veneer device list p || fail "device list"
        ! veneer attach --list p || fail "attach"
        kill $server
        wait $server
        """;
    Outcome outcome = new Shell(folder).run(script);
    assertEquals(0, outcome.exitCode(), outcome::toString);
    String[] lines = outcome.err().split("\n");
    assertEquals(2, lines.length, outcome::toString);
    for (String line : lines) {
      assertTrue(line.startsWith("veneer: pool is in use: pool="), line);
      assertTrue(line.contains("whose socket p/control was removed"), line);
    }
  }
}
