// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export that is ended while it writes: the file it was to replace is as it was. */
class StoppedExportIT {
  /**
   * What is copied must outlast the look for its file; the export is halted as soon as there is
   * one.
   */
  private static final String EXPORT =
      """
      veneer -q pool create pool
      yes veneer | head -c 512M > image || true
      veneer -q device import pool disk image
      truncate -s 0 image
      export_and_send() {
        rm -f disk.raw.exporting
        env --default-signal=INT "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" -q device export pool disk \\
          disk.raw > said 2>&1 & export=$!
        until [ -s disk.raw.exporting ]; do
          kill -0 $export 2> /dev/null || fail "$(cat said)"
          sleep 0.002
        done
        kill -STOP $export
        [ -e disk.raw.exporting ] || fail it was too fast
        kill -$1 $export
        kill -CONT $export 2> /dev/null || true
        code=0
        wait $export 2> /dev/null || code=$?
        echo "$1 $code $(sed "s|$PWD/||" said)"
        ls disk.raw*
      }
      """;

  @TempDir private Path folder;

  @Test
  void itsFileIsRemovedUnlessItIsKilled() throws Exception {
    Outcome outcome =
        new Shell(folder)
            .run(
                EXPORT
                    + """
                    echo older > disk.raw
                    export_and_send INT
                    export_and_send TERM
                    export_and_send KILL
                    cat disk.raw
                    veneer -q device export pool disk disk.raw
                    ls disk.raw*
                    wc -c < disk.raw
                    """);
    assertEquals(
        """
        INT 130 veneer: export stopped, disk.raw is as it was before
        disk.raw
        TERM 143 veneer: export stopped, disk.raw is as it was before
        disk.raw
        KILL 137\s
        disk.raw
        disk.raw.exporting
        older
        disk.raw
        536870912
        """,
        outcome.succeeded());
  }
}
