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

/** An import without a server that is ended while it writes files: nothing of it stays. */
@Timeout(300)
class StoppedImportIT {
  /**
   * The layer is a file that nobody sees the end of; its digest would be wrong. The second one is
   * whole.
   */
  private static final String IMPORT =
      """
      clean_up() {
        status=$?
        awk -v below="$PWD/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
          while read -r left; do umount -l $left; done
        exit $status
      }
      trap clean_up EXIT
      save() {
        mkdir $1
        mv layer.tar $1/layer.tar
        printf '{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["%s"]}}' \\
          sha256:$2 > $1/config.json
        echo '[{"Config":"config.json","RepoTags":["image:1"],"Layers":["layer.tar"]}]' > $1/manifest.json
      }
      truncate -s 7G endless
      (tar --format=ustar -cf - endless || true) 2> /dev/null | head -c 512 > layer.tar
      truncate -s 7G layer.tar
      save slow $(printf '0%.0s' {1..64})
      tar -cf layer.tar script
      save quick $(sha256sum < layer.tar | cut -d ' ' -f 1)
      veneer -q pool create pool --data-size 1G

      import_and_send() {
        "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" layer import pool slow --platform linux/amd64 \\
          > said 2>&1 & import=$!
        until [ -s pool/volumes/work/*/endless ] 2> /dev/null; do
          kill -0 $import || fail "$(cat said)"
          sleep 0.02
        done
        kill -$1 $import
        code=0
        wait $import 2> /dev/null || code=$?
        echo "$1 $code"
      }
      remains() {
        awk -v below="$PWD/" 'index($2, below) == 1 { print "mounted", $2 }' /proc/mounts
        grep -l "^$PWD/" /sys/block/loop*/loop/backing_file 2> /dev/null || true
        find pool/attach pool/volumes/work -mindepth 1
        veneer device list pool | grep -o '^import' || true
      }
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    boolean can =
        "root".equals(System.getProperty("user.name"))
            && Files.exists(Path.of("/dev/fuse"))
            && Files.exists(Path.of("/dev/loop-control"));
    Requirement.skipUnless(can, "importing needs root, FUSE and loop devices");
    shell = new Shell(folder);
  }

  @Test
  void oneThatIsToldToEndTakesItsMountAway() throws Exception {
    Outcome outcome =
        shell.run(
            IMPORT
                + """
                import_and_send TERM
                remains
                cat said
                veneer -q layer import pool quick --platform linux/amd64
                remains
                veneer -q check pool
                """);
    assertEquals("TERM 143\n", outcome.succeeded());
  }

  @Test
  void whatAKilledOneLeftIsTakenAwayByTheNext() throws Exception {
    Outcome outcome =
        shell.run(
            IMPORT
                + """
                import_and_send KILL
                [ -n "$(remains)" ] || fail "there is nothing to take away"
                veneer -q layer import pool quick --platform linux/amd64
                remains
                veneer layer list pool | wc -l
                veneer -q check pool
                """);
    assertEquals("KILL 137\n2\n", outcome.succeeded());
    assertEquals("", outcome.err());
  }
}
