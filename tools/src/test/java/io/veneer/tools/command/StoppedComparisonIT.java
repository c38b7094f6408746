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

/** A comparison through mounts that is told to end while containers are mounted. */
@Timeout(400)
class StoppedComparisonIT {
  private static final String COMPARE =
      """
      clean_up() {
        status=$?
        awk -v below="$PWD/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
          while read -r left; do umount -l $left; done
        exit $status
      }
      trap clean_up EXIT
      remains() {
        awk -v below="$PWD/" 'index($2, below) == 1 { print "mounted", $2 }' /proc/mounts
        grep -l "^$PWD/" /sys/block/loop*/loop/backing_file 2> /dev/null || true
        find work -mindepth 1
      }
      head -c 64M /dev/urandom > image
      "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" compare --mounted --image image --work-dir work \\
        --drivers raw --workloads large-file --writes 2000 -q > said 2>&1 & compare=$!
      until grep -q "$PWD/work/.*/run/raw/mounts/large-3 " /proc/mounts; do
        kill -0 $compare || fail "$(cat said)"
        sleep 0.1
      done
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    boolean can =
        "root".equals(System.getProperty("user.name"))
            && Files.exists(Path.of("/dev/loop-control"));
    Requirement.skipUnless(can, "mounting disk images needs root and loop devices");
    shell = new Shell(folder);
  }

  @Test
  void takesItsDiskImagesAway() throws Exception {
    Outcome outcome =
        shell.run(
            COMPARE
                + """
                kill -TERM $compare
                code=0
                wait $compare 2> /dev/null || code=$?
                echo "ended $code"
                for i in {1..20}; do [ -z "$(remains)" ] || sleep 0.1; done
                remains
                cat said
                """);
    assertEquals("ended 143\n", outcome.succeeded());
  }
}
