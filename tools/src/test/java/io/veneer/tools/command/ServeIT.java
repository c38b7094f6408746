// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A served pool as processes see it: signals, sockets, a kill, and other programs meanwhile. */
class ServeIT {
  /** A script ends its server whatever becomes of it. */
  private static final String SERVING =
      """
      server=
      trap '[ -z "$server" ] || kill -KILL $server 2>/dev/null || true' EXIT
      serve() {
        : > serve.out
        env --default-signal=INT "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve "$@" > serve.out &
        server=$!
        until grep -q '^ready$' serve.out; do
          kill -0 $server 2>/dev/null || fail it ended before it was ready
          sleep 0.02
        done
      }
      stop() {
        kill -$1 $server
        code=0; wait $server || code=$?
        server=
      }
      refused() {
        code=0; veneer serve "$@" > refused.out || code=$?
        [ ! -s refused.out ] || fail it said something on standard output
        [ $code = 1 ] || fail exit code $code
      }
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    shell = new Shell(folder);
  }

  private Outcome run(String script) throws Exception {
    return shell.run(SERVING + script);
  }

  private static void require(String... programs) {
    for (String program : programs) {
      boolean there =
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
      Requirement.skipUnless(there, program + " is not installed");
    }
  }

  @Test
  void signalsEndItInGoodOrder() throws Exception {
    Outcome outcome =
        run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 8M
            for signal in TERM INT HUP; do
              serve pool --nbd nbd.sock
              stat -c '%a' nbd.sock pool/control
              printf $signal | veneer device write pool a --offset 1M
              stop $signal
              echo "$code"
              [ ! -e nbd.sock ] && [ ! -e pool/control ] || fail sockets are left
              veneer check pool -q
              veneer device read pool a --offset 1M --length 3
              echo
            done
            """);
    StringBuilder expected = new StringBuilder();
    for (String signal : List.of("TERM", "INT", "HUP")) {
      expected.append("600\n600\n").append("0\n").append(signal, 0, 3).append("\n");
    }
    assertEquals(expected.toString(), outcome.succeeded());
  }

  @Test
  void aPoolThatFillsUpIsWatched() throws Exception {
    Outcome outcome =
        run(
            """
            veneer -q pool create pool --data-size 64M --low-water 60M
            veneer -q device create pool a --size 64M
            veneer pool watch pool > unserved.out 2>&1 && fail watched || cat unserved.out
            serve pool
            mkfifo lines
            veneer pool watch pool --interval 0.1 --json > lines &
            watch=$!
            exec 5< lines
            read -r line <&5
            echo "$line" | grep -o '"lowData":[a-z]*'
            head -c 8M /dev/urandom | veneer device write pool a --offset 0
            while read -r line <&5; do
              case $line in *'"lowData":true'*) break ;; esac
            done
            echo "$line" | grep -o '"mode":"[a-z]*"'
            veneer pool watch pool --lines 1 | sed 's/^[-0-9:TZ]* *//; s/  metadata.*//'
            kill $watch
            stop TERM
            """);
    assertEquals(
        """
        veneer: nobody serves the pool, so nothing in it changes; \
        start a server: veneer serve pool
        "lowData":false
        "mode":"write"
        write  data 8 MiB of 64 MiB (12%), low
        """,
        outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertTrue(outcome.err().startsWith("veneer: warning: PoolServer: pool runs low: "));
  }

  @Test
  void whatIsInTheWayIsSaidInOneLine() throws Exception {
    Outcome outcome =
        run(
            """
            veneer -q pool create pool
            veneer -q pool create other
            serve pool --nbd nbd.sock --nbd-tcp 127.0.0.1:0 --insecure
            port=$(sed -n 's/^nbd .*nbd:.*:\\([0-9]*\\)$/\\1/p' serve.out)
            refused pool --nbd second.sock
            refused other --nbd nbd.sock
            refused other --nbd-tcp 127.0.0.1:$port --insecure
            refused other --nbd $(printf 'x%.0s' {1..120})
            refused other --nbd none/nbd.sock
            refused other --nbd script
            refused other --nbd-tcp 127.0.0.1:0 --tls-certificates none
            refused other --nbd other.sock --default-export none
            refused none --nbd other.sock
            veneer check pool && fail checked || true
            veneer device list pool > list
            veneer -q device create other a --size 2M
            [ ! -e other.sock ] || fail a socket was left
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    List<String> lines = outcome.err().lines().toList();
    String[] begins = {
      "veneer: pool is in use: ",
      "veneer: another server listens on this socket; ",
      "veneer: address cannot be listened on, its port may be in use; ",
      "veneer: socket path is too long, take a shorter one: ",
      "veneer: the socket's folder is missing; make it first: folder=",
      "veneer: there is a file where the socket shall be; ",
      "veneer: folder of the TLS certificates is missing; ",
      "veneer: pool has no such device: name=none ",
      "veneer: there is no folder none; ",
      "veneer: pool is in use: ",
    };
    assertEquals(begins.length, lines.size(), outcome.err());
    for (int i = 0; i < begins.length; i++) {
      assertTrue(lines.get(i).startsWith(begins[i]), lines.get(i));
    }
    assertTrue(lines.get(0).contains("that process serves the pool"), lines.get(0));
  }

  /** As a monitor does that looks every second, also while the server is restarted. */
  @Test
  void whoOnlyLooksAtThePoolIsWaitedFor() throws Exception {
    require("flock");
    Outcome outcome =
        run(
            """
            veneer -q pool create pool
            flock --shared pool/lock sh -c 'echo looking; sleep 0.8' > looks & looks=$!
            until grep -qs looking looks; do sleep 0.01; done
            serve pool
            wait $looks
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
  }

  @Test
  void overTcpClientsSpeakTlsOrNothing() throws Exception {
    require("openssl", "nbdcopy", "nbdinfo");
    Outcome outcome =
        run(
            """
            certify() {
              openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \\
                -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \\
                -keyout $1-key.pem -out $1-cert.pem 2> /dev/null
            }
            mkdir server known unknown
            certify server/server
            certify known/client
            cp known/client-cert.pem server/ca-cert.pem
            cp server/server-cert.pem known/ca-cert.pem
            cp server/server-cert.pem unknown/ca-cert.pem
            head -c 8M /dev/urandom > image
            veneer -q pool create pool
            veneer -q device create pool disk --size 8M
            served() {
              serve pool --nbd-tcp 127.0.0.1:0 --tls-certificates server "$@"
              address=127.0.0.1:$(sed -n 's/^nbd .*nbds:.*:\\([0-9]*\\)\\/*$/\\1/p' serve.out)
            }
            served
            nbdcopy --flush image "nbds://$address/disk?tls-certificates=$PWD/unknown"
            nbdinfo "nbd://$address/disk" > /dev/null 2>&1 && fail served in clear || true
            stop TERM
            served --tls-verify-peer
            nbdcopy "nbds://$address/disk?tls-certificates=$PWD/known" back
            cmp image back
            nbdinfo "nbds://$address/disk?tls-certificates=$PWD/unknown" > /dev/null 2>&1 &&
              fail served to a stranger || true
            nbdinfo --size "nbds://$address/disk?tls-certificates=$PWD/known"
            stop TERM
            """);
    assertEquals("8388608\n", outcome.succeeded());
  }

  @Test
  void aLongPathIsServedToo() throws Exception {
    Outcome outcome =
        run(
            """
            deep=$(printf 'x%.0s' {1..100})/$(printf 'y%.0s' {1..100})
            mkdir -p $deep
            veneer -q pool create $deep/pool
            serve $deep/pool
            veneer -q device create $deep/pool a --size 2M
            veneer device list $deep/pool | awk 'NR > 1 {print $1}'
            stop TERM
            [ ! -e $deep/pool/control ] || fail the socket is left
            """);
    assertEquals("a\n", outcome.succeeded());
  }

  /** What is printed is pasted, so it must be an address whatever the path is. */
  @Test
  void theAddressOfASocketIsTakenByNbdClients() throws Exception {
    require("nbdinfo", "qemu-img");
    Outcome outcome =
        run(
            """
            export LC_ALL=C.UTF-8
            veneer -q pool create pool
            veneer -q device create pool disk --size 8M
            serve pool --nbd "so ck ä%20&?#+=.sock"
            address=$(sed -n 's/^nbd *//p' serve.out)
            nbdinfo --size "$address"
            qemu-img info -f raw "$address" | grep -o '8388608 bytes'
            veneer pool status pool --json | grep -qF "\"$address\"" || fail another one
            stop TERM
            """);
    assertEquals("8388608\n8388608 bytes\n", outcome.succeeded());
  }

  @Test
  void commandsWorkWhileOtherProgramsUseThePool() throws Exception {
    require("nbdcopy", "qemu-io");
    Outcome outcome =
        run(
            """
            head -c 24M /dev/urandom > image
            veneer -q pool create pool
            serve pool --nbd nbd.sock
            uri() { echo "nbd+unix:///$1?socket=$PWD/nbd.sock"; }
            veneer -q device import pool base image
            veneer -q device create pool other --size 24M
            ( for i in 1 2 3; do nbdcopy --flush image "$(uri other)"; done ) & copying=$!
            for i in 1 2 3; do
              veneer -q device snapshot pool base c$i
              qemu-io -f raw -c "write -P $i 64k 64k" -c flush "$(uri c$i)" > /dev/null
              veneer device read pool c$i --offset 64K --length 64K | tr -d "\\\\$i" | wc -c
            done
            wait $copying
            veneer device export pool other | cmp - image
            veneer device export pool base | cmp - image
            veneer -q device remove pool c1 c2
            veneer device list pool | awk 'NR > 1 {print $1}'
            stop TERM
            veneer check pool -q
            """);
    assertEquals("0\n0\n0\nbase\nc3\nother\n", outcome.succeeded());
  }

  /** In each round one half of a device is written and flushed, the other is being written. */
  @Test
  void aKillLosesNothingThatWasFlushed() throws Exception {
    require("fio");
    Outcome outcome =
        run(
            """
            veneer -q pool create pool
            veneer -q device create pool disk --size 32M
            with() {
              fio --ioengine=nbd --uri="nbd+unix:///$1?socket=$PWD/nbd.sock" --rw=randwrite \
                --verify=crc32c --verify_fatal=1 --verify_state_save=0 --size=16m "${@:2}"
            }
            flushed() { with $1 --name=flushed --bsrange=4k-64k --iodepth=8 "${@:2}"; }
            busy() {
              with disk --name=busy --bs=4k --iodepth=8 --offset=16m --fsync=16 \
                --verify_backlog=64 --time_based --runtime=100
            }
            for round in 1 2 3 4 5; do
              serve pool --nbd nbd.sock
              [ $round = 1 ] || flushed disk --randseed=$((round - 1)) --verify_only > verified
              flushed disk --randseed=$round --do_verify=0 --end_fsync=1 > written
              [ $round != 3 ] || veneer -q device snapshot pool disk third
              busy > busy.out 2>&1 & busy=$!
              sleep 0.$((RANDOM % 7 + 3))
              kill -0 $busy || fail "$(cat busy.out)"
              stop KILL 2> /dev/null
              wait $busy && fail the disk is still there || true
              ! grep 'verify:' busy.out || fail "$(cat busy.out)"
              [ -S nbd.sock ] && [ -S pool/control ] || fail no stale sockets to get over
              veneer check pool -q
            done
            serve pool --nbd nbd.sock
            flushed disk --randseed=5 --verify_only > verified
            flushed third --randseed=3 --verify_only > verified
            stop TERM
            echo $code
            """);
    assertEquals(0, outcome.exitCode(), outcome.toString());
    assertEquals("0\n", outcome.out());
  }

  @Test
  void optionsOfNbdAndTheServiceManagerAreHeeded() throws Exception {
    require("python3", "qemu-io", "nbdinfo");
    Outcome outcome =
        run(
            """
            veneer -q pool create pool
            veneer -q device create pool a --size 8M
            veneer -q device create pool b --size 4M
            python3 -c '
            import socket
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.settimeout(100)
            manager.bind("notify.sock")
            while True:
              notice = manager.recv(4096).decode()
              print(notice, end="", flush=True)
              if "STOPPING" in notice: break
            ' > notices & manager=$!
            until [ -S notify.sock ]; do sleep 0.01; done
            export NOTIFY_SOCKET=$PWD/notify.sock
            serve pool --nbd nbd.sock --nbd-read-only --default-export b
            uri() { echo "nbd+unix:///$1?socket=$PWD/nbd.sock"; }
            nbdinfo --size "$(uri "")"
            nbdinfo --size "$(uri a)"
            nbdinfo "$(uri a)" | grep -o 'is_read_only: true'
            qemu-io -r -f raw -c 'read -P 0 0 4k' "$(uri a)" > /dev/null
            qemu-io -f raw -c 'write 0 4k' "$(uri a)" > write.out 2>&1 && fail written || true
            grep -q 'Permission denied' write.out || fail "$(cat write.out)"
            until [ -s notices ]; do sleep 0.01; done
            cat notices
            stop TERM
            wait $manager
            tail -n 1 notices
            veneer serve pool --nbd-tcp 127.0.0.1:0 2> usage && fail served || echo $?
            head -n 1 usage
            """);
    assertEquals(
        """
        4194304
        8388608
        is_read_only: true
        READY=1
        STATUS=Serving pool
        STOPPING=1
        2
        veneer: --nbd-tcp needs --tls-certificates, or else --insecure; see 'veneer serve --help'
        """,
        outcome.succeeded());
  }
}
