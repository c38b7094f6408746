// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.Alone;
import io.veneer.thinpool.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attaching as a user does it: a server in one shell, commands in another. */
@Timeout(300)
class AttachIT {
  /** Serves the pool until the script ends, and takes away what it left mounted. */
  private static final String SERVE =
      """
      serve() {
        rm -f said
        mkfifo said
        "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve pool "$@" > said 2> log &
        server=$!
        exec 4< said
        while read -r line <&4 && [ "$line" != ready ]; do :; done
      }
      stop() {
        kill -TERM "$server" && wait "$server"
      }
      list() {
        veneer attach --list pool |
          sed "s,$PWD,.,; s,/dev/loop[0-9]* *,PATH ,; s,PATH  *VIA,PATH VIA,"
      }
      clean_up() {
        umount -q -l m* 2>/dev/null || true
        kill -KILL "$server" 2>/dev/null || true
      }
      trap clean_up EXIT
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    boolean can =
        "root".equals(System.getProperty("user.name"))
            && Files.exists(Path.of("/dev/fuse"))
            && Files.exists(Path.of("/dev/loop-control"));
    Requirement.skipUnless(can, "attaching needs root, FUSE and loop devices");
    shell = new Shell(folder);
  }

  private static void requireKeeping() {
    Requirement.skipBelowLinux(6, 9, "keeping what is attached");
  }

  @Test
  void aDeviceIsFormattedMountedGrownAndTakenBack() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                veneer -q device create pool web --size 64M
                serve
                path=$(veneer attach pool web)
                mkfs.ext4 -q "$path"
                mkdir m
                mount "$path" m
                echo hello > m/file
                [ "$(veneer attach pool web)" = "$path" ]
                veneer attach pool web --sector-size 4096 2>&1 | sed "s,$path,PATH," || true
                veneer detach pool web 2>&1 | sed "s,$PWD,.,; s,$path,PATH," || true
                veneer -q device resize pool web --size 128M
                blockdev --getsize64 "$path"
                veneer device resize pool web --size 32M 2>&1 | sed "s,$path,PATH," || true
                umount m
                veneer detach pool web
                veneer attach pool web --read-only --sector-size 4096 > path
                blockdev --getro --getss "$(cat path)"
                veneer -q device remove pool web
                list
                stop
                veneer -q check pool
                """);
    assertEquals(
        """
        veneer: device is attached in another way, detach it first: device=web path=PATH \
        readOnly=false via=loop sectorBytes=512
        veneer: device is mounted, unmount it first: umount ./m (path=PATH)
        134217728
        veneer: device is attached, detach it (a container: unmount it) before it is made \
        smaller: name=web path=PATH
        detached web
        1
        4096
        NAME  PATH VIA   MODE        FILE
        web   PATH loop  ro,removed  ./pool/attach/web
        """,
        outcome.out().lines().filter(line -> !line.startsWith("pool is")).toList().stream()
            .map(line -> line + "\n")
            .reduce("", String::concat));
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void theWayCanBeInsistedOn() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                veneer -q device create pool web --size 64M
                serve
                path=$(veneer attach pool web --via loop)
                cat /sys/block/${path#/dev/}/loop/backing_file | sed "s,$PWD,.,"
                [ "$(veneer attach pool web --via loop)" = "$path" ]
                [ "$(veneer attach pool web)" = "$path" ]
                veneer attach pool web --via nbd 2>&1 | sed "s,$path,PATH," || true
                veneer attach pool web --via loop --json | sed "s,$PWD,.,; s,$path,PATH,"
                stop
                """);
    assertEquals(
        """
        ./pool/attach/web
        veneer: device is attached in another way, detach it first: device=web path=PATH \
        readOnly=false via=loop sectorBytes=512
        {
          "device": "web",
          "path": "PATH",
          "file": "./pool/attach/web",
          "readOnly": false,
          "via": "loop",
          "removed": false,
          "dead": false
        }
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void aPathIsAsGoodAsTheNameToTakeItBack() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                for name in web idle; do veneer -q device create pool $name --size 1M; done
                serve
                veneer detach pool "$(veneer attach pool web)" | sed "s,/dev/loop[0-9]*,PATH,"
                veneer attach pool web > /dev/null
                ln -s . linked
                veneer detach pool linked/pool/attach/web
                veneer attach pool idle > /dev/null
                veneer detach pool pool/attach/web 2>&1 | sed "s,$PWD,.,; s,; .*,," || true
                veneer attach --list pool | sed -n "s/ .*loop .*//p"
                stop
                """);
    assertEquals(
        """
        detached PATH
        detached linked/pool/attach/web
        veneer: pool has no such device: name=pool/attach/web pool=./pool
        idle
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void whatAKilledServerLeftIsCleanedUpByTheNext() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                veneer -q device create pool web --size 64M
                veneer -q device create pool idle --size 64M
                serve
                path=$(veneer attach pool web)
                veneer attach pool idle > idle
                mkfs.ext4 -q "$path"
                mkdir m
                mount "$path" m
                echo durable > m/file
                sync -f m
                kill -KILL "$server"
                wait "$server" 2>/dev/null || true
                serve
                veneer attach --list pool 2>&1 | sed "s,$PWD,.,; s,$path,PATH,"
                veneer detach pool web 2>&1 | sed "s,$PWD,.,; s,$path,PATH," || true
                umount m
                for i in $(seq 500); do [ -n "$(ls pool/attach)" ] || break; sleep 0.02; done
                ls pool/attach
                veneer detach pool none 2>&1 | sed "s, pool=.*,," || true
                again=$(veneer attach pool web)
                e2fsck -p "$again" > /dev/null || [ $? = 1 ]
                e2fsck -fn "$again" > /dev/null 2>&1
                mount "$again" m
                cat m/file
                umount m
                stop
                ls pool/attach
                """);
    assertEquals(
        """
        NAME  PATH  VIA  MODE  FILE
        veneer: left by an earlier server: still mounted, do: umount ./m (PATH)
        veneer: device is not attached, but left by an earlier server: still mounted, do: \
        umount ./m (PATH) device=web
        veneer: pool has no such device: name=none
        durable
        """,
        outcome.out());
    assertTrue(outcome.err().isEmpty(), outcome::toString);
  }

  @Test
  void whatIsInUseWhenTheServerEndsHoldsUpNobody() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                veneer -q device create pool web --size 64M
                serve
                path=$(veneer attach pool web)
                mkfs.ext4 -q "$path"
                mkdir m
                mount "$path" m
                stop
                sed -n "s,$PWD,.,g; s,$path,PATH,; s/.*StaleAttachments: //p" log
                grep "$PWD/pool" /proc/self/mountinfo || true
                umount m
                grep -s "$PWD" /sys/block/loop*/loop/backing_file || true
                rm -rf pool
                ls -d pool 2> /dev/null || true
                """);
    assertEquals(
        """
        left behind: still mounted, do: umount ./m (PATH)
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void anAbortedDeviceIsNotHandedOutAnyMore() throws Exception {
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                veneer -q device create pool web --size 64M
                serve
                path=$(veneer attach pool web)
                umount -f pool/attach/web 2> /dev/null || true
                for i in $(seq 500); do grep -q aborted log && break; sleep 0.02; done
                veneer attach pool web 2>&1 | sed "s,$path,PATH," || true
                list
                veneer detach pool web 2>&1 | sed "s,$path,PATH," || true
                veneer detach pool web
                veneer -q attach pool web > path
                head -c 1 "$(cat path)" | wc -c
                stop
                """);
    assertEquals(
        """
        veneer: the block device gives only errors, as its connection was aborted; detach the \
        device first: device=web path=PATH
        NAME  PATH VIA   MODE     FILE
        web   PATH loop  rw,dead  ./pool/attach/web
        veneer: writes to the device have failed, and what was written last may be missing; the \
        server's log may say why; detach it again to go without that: path=PATH \
        cause=Input/output error
        detached web
        1
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void whatIsInUseIsKeptForTheNextServer() throws Exception {
    requireKeeping();
    Outcome outcome =
        shell.run(
            SERVE
                + """
                veneer -q pool create pool
                for name in web idle; do veneer -q device create pool $name --size 64M; done
                serve --keep-attached 60
                path=$(veneer attach pool web)
                veneer attach pool idle > /dev/null
                mkfs.ext4 -q "$path"
                mkdir m
                mount "$path" m
                echo forced > m/forced
                sync m/forced
                echo waits > m/file
                kill -KILL "$server"
                wait "$server" 2>/dev/null || true
                veneer device remove pool idle 2>&1 | sed "s,$PWD,.," || true
                (echo while nobody served > m/second; sync m/second) & writer=$!
                touch taken
                "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve pool --nbd taken 2>&1 |
                  sed -n "s,$PWD,.,; s,.*Succession: ,,p; s,;.*,,p" || true
                serve --keep-attached 60
                wait $writer
                [ "$(veneer attach pool web)" = "$path" ]
                veneer attach pool web --sector-size 4096 2>&1 | sed "s,$path,PATH," || true
                veneer device resize pool web --size 32M 2>&1 | sed "s,$path,PATH," || true
                cat m/file m/forced m/second
                veneer device rename pool web renamed > /dev/null
                stop
                cat log | sed -n "s,$PWD,.,; s/.*Succession: //p"
                serve --keep-attached 60
                list
                umount m
                e2fsck -fn "$path" > /dev/null 2>&1
                mount "$path" m
                cat m/file m/forced m/second
                umount m
                veneer detach pool renamed
                stop
                ls pool
                veneer -q check pool
                """);
    assertEquals(
        """
        veneer: attached devices of pool are in use and wait for the next server; start it: \
        veneer serve pool
        kept for the next server, start it soon: veneer serve ./pool
        veneer: there is a file where the socket shall be
        veneer: device is attached in another way, detach it first: device=web path=PATH \
        readOnly=false via=loop sectorBytes=512
        veneer: device is attached, detach it (a container: unmount it) before it is made \
        smaller: name=web path=PATH
        waits
        forced
        while nobody served
        kept for the next server, start it within 60 s: veneer serve ./pool
        NAME     PATH VIA   MODE  FILE
        renamed  PATH loop  rw    ./pool/attach/web
        waits
        forced
        while nobody served
        detached renamed
        attach
        data
        lock
        metadata
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Test
  void aDeviceThatCannotBeOpenedKeepsNoOtherWaiting() throws Exception {
    requireKeeping();
    Outcome outcome =
        shell.run(
            SERVE
                + """
                head -c 1M /dev/zero > origin.raw
                veneer -q pool create pool
                veneer -q device create pool web --size 1M
                veneer -q device create pool lost --size 1M --external-origin $PWD/origin.raw
                serve --keep-attached 60
                path=$(veneer attach pool web)
                exec 6< "$(veneer attach pool lost)"
                exec 7<> "$path"
                printf waits > "$path"
                kill -KILL "$server"
                wait "$server" 2>/dev/null || true
                rm origin.raw
                serve --keep-attached 60 6<&- 7<&-
                cat log | sed -n "s,$PWD,.,g; s/.*Succession: //p" | sed "s/;.*//"
                head -c 5 "$path"
                exec 6<&- 7<&-
                veneer detach pool web
                veneer attach --list pool > /dev/null
                stop
                """);
    assertEquals(
        """
        cannot be opened: device=lost cause=external origin is not there
        not served on: file=./pool/attach/lost
        waitsdetached web
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }

  @Alone
  @Test
  void whatTheMachineLacksIsSaid() throws Exception {
    Outcome outcome =
        shell.runWithMounts(
            """
            veneer -q pool create pool
            veneer -q device create pool web --size 64M
            server=
            trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true' EXIT
            attach_served_by() {
              : > log
              "$@" "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve pool > log &
              server=$!
              until grep -q '^ready$' log; do kill -0 "$server"; sleep 0.02; done
              code=0
              veneer attach pool web 2>&1 | sed "s,$PWD,.,g" || code=$?
              echo "$code"
              ls pool/attach
              kill -TERM "$server"
              wait "$server"
            }
            only() {
              mkdir dev
              mount -t tmpfs none dev
              for device in null zero random urandom "$@"; do cp -a /dev/$device dev; done
              mount --bind dev /dev
            }
            attach_served_by setpriv --bounding-set=-all --inh-caps=-all
            only loop-control
            attach_served_by env
            umount /dev dev
            rmdir dev
            only fuse
            attach_served_by env
            : > /dev/loop-control
            attach_served_by env
            umount /dev dev
            rmdir dev
            only loop-control fuse
            attach_served_by env | sed "s,/dev/loop[0-9]*,/dev/loopN,g; s,7 [0-9]*,7 N,"
            rm /dev/fuse
            : > /dev/fuse
            veneer doctor | sed -n "s/^fuse  *\\([a-z]*\\) .*/\\1/p" || true
            attach_served_by env
            """);
    String fuse = "veneer: there is no /dev/fuse; load the kernel's module: modprobe fuse";
    assertEquals(
        """
        veneer: may not mount; the server, or without one the command, must run as root \
        (CAP_SYS_ADMIN): path=./pool/attach/web \
        cause=Operation not permitted
        1
        NONE: cause=No such file or directory
        1
        veneer: there are no loop devices; load the kernel's module: modprobe loop
        1
        veneer: a regular file is in the place of the device: path=/dev/loop-control \
        cause=Inappropriate ioctl for device
        1
        veneer: /dev has no loop devices, as in a container with a /dev of its own; mount \
        devtmpfs on it, give the container the host's loop devices, or do: mknod /dev/loopN b 7 \
        N: path=/dev/loopN cause=No such file or directory
        1
        no
        veneer: a FUSE file cannot be mounted, /dev/fuse is no device: path=./pool/attach/web \
        cause=Invalid argument
        1
        """
            .replace("NONE", fuse),
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
  }
}
