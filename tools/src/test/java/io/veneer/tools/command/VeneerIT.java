// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.Alone;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shows only in processes: pipes, signals, locks between processes, disks that are full. */
class VeneerIT {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    shell = new Shell(folder);
  }

  @Test
  void aRealImageComesBackFromBothSidesOfASnapshot() throws Exception {
    shell
        .run(
            """
            head -c 40000000 /dev/urandom > image
            sha256sum image > before
            veneer -q pool create pool
            veneer -q device import pool base image
            veneer -q device snapshot pool base web
            printf hello | veneer device write pool web --offset 12345678
            cp image changed
            printf hello | dd of=changed bs=1 seek=12345678 conv=notrunc status=none
            veneer -q device export pool base base.raw
            veneer device export pool web | cmp - changed
            cmp base.raw image
            sha256sum --quiet -c before
            """)
        .succeeded();
  }

  @Test
  void endsQuietlyWhenNobodyReadsAnyMore() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 1G
            set +e
            veneer device export pool a | head -c 5 > head
            echo "${PIPESTATUS[0]}"
            wc -c < head
            """);
    assertEquals("1\n5\n", outcome.succeeded());
  }

  @Test
  void reportsAnOutputThatIsFull() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 1G
            veneer device export pool a > /dev/full
            """);
    String message = outcome.failedWith(1);
    assertTrue(message.startsWith("cannot write to standard output: "), message);
  }

  @Test
  void aSecondOpenerIsToldWhoHasThePool() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 2M
            mkfifo input
            veneer device write pool a < input &
            exec 3> input
            printf hello >&3
            for i in {1..100}; do [ -s pool/lock ] && break; sleep 0.1; done
            echo "$(sed 's/^pid \\([0-9]*\\).*/\\1/' pool/lock)"
            ! veneer device list pool || fail a reader came in
            ! veneer device create pool b --size 2M || fail a writer came in
            exec 3>&-
            wait
            veneer device read pool a --length 5
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    String[] lines = outcome.out().split("\n");
    assertEquals("hello", lines[1]);
    String[] errors = outcome.err().split("\n");
    assertEquals(2, errors.length, outcome.err());
    for (String error : errors) {
      assertTrue(error.contains("pid " + lines[0] + " "), error);
      assertTrue(error.contains("wait until that process has ended"), error);
    }
  }

  @Test
  void aSignalClosesThePoolInGoodOrder() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 8M
            head -c 4M /dev/urandom > bytes
            mkfifo input
            "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" device write pool a < input &
            pid=$!
            exec 3> input
            cat bytes >&3
            sleep 1
            kill -TERM $pid
            code=0; wait $pid || code=$?
            echo $code
            veneer device read pool a --length 3M | cmp -n 3145728 - bytes
            """);
    assertEquals("143\n", outcome.succeeded());
  }

  @Alone
  @Test
  void aFullDiskLosesNothing() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            mkdir disk
            mount -t tmpfs -o size=24m tmpfs disk
            head -c 8M /dev/urandom > small
            head -c 64M /dev/urandom > large
            veneer -q pool create disk/pool --data-size 1G
            veneer -q device import disk/pool small small
            ! veneer device import disk/pool large large || fail it had no room
            veneer device list disk/pool | awk 'NR > 1 {print $1}'
            veneer device export disk/pool small | cmp - small
            veneer -q device create disk/pool again --size 64M
            ! veneer device write disk/pool again < large || fail it had no room
            veneer device export disk/pool small | cmp - small
            veneer -q device remove disk/pool again
            veneer -q device import disk/pool again small
            veneer device export disk/pool again | cmp - small
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    assertEquals("small\n", outcome.out());
    String[] errors = outcome.err().split("\n");
    assertEquals(2, errors.length, outcome.err());
    for (String error : errors) {
      assertTrue(error.startsWith("veneer: "), error);
      assertTrue(error.contains("disk is full; free space on the host"), error);
    }
  }

  @Alone
  @Test
  void aDiskWithoutAnyRoomTakesARemovalAndHasRoomThen() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            mkdir disk
            mount -t tmpfs -o size=24m tmpfs disk
            head -c 8M /dev/urandom > bytes
            veneer -q pool create disk/pool --data-size 1G
            veneer -q device import disk/pool a bytes
            veneer -q device import disk/pool b bytes
            cat /dev/zero > disk/fill 2>/dev/null || true
            [ $(stat -f -c %a disk) = 0 ] || fail it has room
            veneer device list disk/pool | awk 'NR > 1 {print $1}'
            ! veneer pool create disk/other || fail it made a pool
            ! [ -e disk/other ] || fail it left a half of a pool
            veneer -q device remove disk/pool a
            [ $(stat -f -c %a disk) -gt 2000 ] || fail it has no room
            veneer -q device create disk/pool c --size 1M
            head -c 1M bytes | veneer device write disk/pool c
            veneer device export disk/pool b | cmp - bytes
            veneer -q check disk/pool
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    assertEquals("a\nb\n", outcome.out());
    assertTrue(outcome.err().contains("disk is full; free space on the host"), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  @Alone
  @Test
  void aDiskWithoutAnyRoomHoldsNoHalfOfAPool() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            mkdir disk
            mount -t tmpfs -o size=4k tmpfs disk
            printf x > disk/x
            veneer pool create disk/pool
            """);
    String message = outcome.failedWith(1);
    assertTrue(message.contains("free space"), message);
  }

  /** What the disk under the file system holds by then is what a power cut leaves. */
  @Alone
  @Test
  void anExportIsDurableWhenItEnds() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            head -c 8M /dev/urandom > bytes
            veneer -q pool create pool --data-size 1G
            veneer -q device import pool a bytes
            truncate -s 64M disk.img
            mkfs.ext4 -q disk.img
            mkdir disk left
            mount -o loop disk.img disk
            echo old > disk/replaced.raw
            sync -f disk
            veneer -q device export pool a disk/new.raw
            veneer -q device export pool a disk/replaced.raw
            cp disk.img left.img
            mount -o loop left.img left
            cmp bytes left/new.raw
            cmp bytes left/replaced.raw
            """);
    assertEquals("", outcome.succeeded());
  }

  @Alone
  @Test
  void aReadOnlyFolderCanBeReadButNotChanged() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            veneer -q pool create pool
            printf hello | veneer -q device import pool a
            mount --bind pool pool
            mount -o remount,ro,bind pool
            veneer device read pool a --length 5
            ! printf bye | veneer device write pool a || fail it wrote
            ! veneer device create pool b --size 2M || fail it made a device
            ! veneer pool create pool/new || fail it made a pool
            mkdir other
            mount --bind other other
            mount -o remount,ro,bind other
            ! veneer device export pool a other/a.raw || fail it exported
            veneer device export pool a /dev/null > /dev/null
            veneer device read pool a --length 5
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    assertEquals("hellohello", outcome.out());
    String[] errors = outcome.err().split("\n");
    assertEquals(4, errors.length, outcome.err());
    for (String error : List.of(errors).subList(0, 3)) {
      assertTrue(error.startsWith("veneer: "), error);
      assertTrue(error.contains("be written here; ") || error.contains("no write here; "), error);
    }
    assertEquals(
        "veneer: cannot write other/a.raw: Read-only file system; name another file, the device is"
            + " unharmed",
        errors[3]);
  }

  /** Ctrl-C ends the producer of a pipe, too, and then a part looks like all of an image. */
  @Test
  void anInterruptedImportFromAPipeMakesNoDevice() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            mkfifo pipe
            for round in 1 2 3; do
              env --default-signal=INT "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" \\
                device import pool half < pipe > said 2>&1 &
              import=$!
              exec 3> pipe
              head -c 20M /dev/urandom >&3
              kill -INT $import
              exec 3>&-
              code=0; wait $import || code=$?
              echo $code
              ! grep -v '^veneer: import stopped, half.importing stays until' said
            done
            veneer device list pool | awk 'NR > 1 && $1 == "half"'
            veneer check -q pool
            """);
    assertEquals("130\n130\n130\n", outcome.succeeded());
  }

  @Test
  void logsInOneLineWhenAsked() throws Exception {
    Outcome outcome =
        shell.run(
            """
            veneer -q pool create pool
            veneer device list pool --verbose
            """);
    assertEquals(0, outcome.exitCode());
    assertTrue(outcome.err().lines().allMatch(line -> line.startsWith("veneer: ")), outcome.err());
  }
}
