// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What needs root says so, and what does not works without: in a user namespace of its own. */
@Timeout(120)
class RootlessIT {
  private static final String UNSHARE = "/usr/bin/unshare";
  private static final String UMOCI = "/usr/bin/umoci";

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    boolean can = Files.exists(Path.of(UNSHARE)) && Files.exists(Path.of(UMOCI));
    Requirement.skipUnless(can, "no program unshare or umoci");
    shell = new Shell(folder);
  }

  @Test
  void whatNeedsRootSaysSo() throws Exception {
    Outcome outcome =
        shell.run(
            """
            umoci init --layout image
            umoci new --image image:base
            mkdir tree
            echo hello > tree/greeting
            umoci insert --image image:base tree /tree >/dev/null
            as_nobody() {
              code=0
              unshare --user "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" "$@" > out 2>&1 || code=$?
              sed -E "s,$PWD,.,g; s,import-[-0-9a-f]+,IMPORT," out
              [ "$code" = 0 ] || echo "exit $code"
            }
            as_nobody pool create pool --data-size 1G
            as_nobody layer import pool image
            as_nobody layer list pool
            as_nobody container create pool web base
            as_nobody compare --mounted
            as_nobody -q check pool
            """);
    assertEquals(
        """
        created pool pool: 1 GiB of data in blocks of 64 KiB
        veneer: may not mount; the server, or without one the command, must run as root \
        (CAP_SYS_ADMIN): path=./pool/attach/IMPORT \
        cause=Operation not permitted
        exit 1
        NAME  LAYER  CREATED  LAYERS  FILES  VIRTUAL  CONTAINERS
        veneer: no such image or layer: name=base; 'veneer layer list pool' and \
        'veneer container list' show what is there
        exit 1
        veneer: mounting needs root; be root, or compare without --mounted
        exit 1
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }
}
