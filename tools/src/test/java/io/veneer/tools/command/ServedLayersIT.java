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

/** Images and containers of a served pool as far as their files are mounted, by the server. */
@Timeout(300)
class ServedLayersIT {
  private static final String SERVED =
      """
      umoci init --layout image
      umoci new --image image:base
      umoci unpack --image image:base bundle 2> /dev/null
      echo hello > bundle/rootfs/greeting
      umoci repack --image image:base bundle 2> /dev/null
      veneer -q pool create pool --data-size 4G
      mkfifo said
      "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve pool --layer-size 256M > said 2> log &
      server=$!
      trap 'kill -TERM "$server" 2>/dev/null && wait "$server" || true' EXIT
      exec 4< said
      while read -r line <&4 && [ "$line" != ready ]; do :; done
      hide() { sed "s,$PWD,.,g; s,/dev/loop[0-9]*,PATH,g; s,mounts/[0-9]*,mounts/N,"; }
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    Requirement.skipUnless("root".equals(System.getProperty("user.name")), "mounting needs root");
    Requirement.skipUnless(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse");
    Requirement.skipUnless(Files.exists(Path.of("/usr/bin/umoci")), "no program umoci");
    shell = new Shell(folder);
  }

  @Test
  void anImageIsImportedRunOnAndCommitted() throws Exception {
    Outcome outcome =
        shell.run(
            SERVED
                + """
                veneer layer import pool image
                veneer -q container create pool web base
                at=$(veneer container mount pool web)
                cat "$at/greeting"
                echo changed > "$at/greeting"
                [ "$(veneer container mount pool web)" = "$at" ]
                veneer container list pool --json | grep '"path"' | hide
                veneer device resize pool web --size 64M 2>&1 | hide || true
                veneer container unmount pool web
                veneer container unmount pool web 2>&1 || true
                veneer container list pool --json | grep '"path"'
                veneer -q container commit pool web next
                veneer -q container create pool again next
                cat "$(veneer container mount pool again)/greeting"
                veneer container unmount pool again
                for name in web again; do veneer container remove pool "$name"; done
                for name in next base; do veneer layer remove pool "$name"; done
                veneer layer list pool
                kill -TERM "$server" && wait "$server"
                ls pool/attach
                veneer -q check pool
                """);
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals(
        """
        imported base: 1 layer, 1 new, 6 B of files
        hello
              "path": "./pool/volumes/mounts/N"
        veneer: device is attached, detach it (a container: unmount it) before it is made \
        smaller: name=web path=PATH
        unmounted web
        veneer: container is not mounted: name=web
              "path": ""
        changed
        unmounted again
        removed web
        removed again
        removed next: 1 layer
        removed base: 1 layer
        NAME  LAYER  CREATED  LAYERS  FILES  VIRTUAL  CONTAINERS
        """,
        outcome.out());
  }
}
