// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.Alone;
import io.veneer.thinpool.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One server, started by the launcher as users start it, behind a real containerd and a real
 * dockerd at the same time.
 */
@Alone
@Timeout(300)
class EnginesIT {
  /** The server and both engines; everything is ended and unmounted whatever becomes of it. */
  private static final String BOTH_ENGINES =
      """
      plugin=$(basename "$PWD")
      server= containerd= dockerd= keep=
      end() {
        [ -z "$1" ] || { kill -TERM $1 2> /dev/null || true; wait $1 || true; }
      }
      clean_up() {
        status=$?
        [ $status = 0 ] || tail -n 30 dockerd.log containerd.log serve.err >&2 || true
        docker rm --force kept > /dev/null 2>&1 || true
        end "$dockerd"; end "$containerd"; end "$server"
        awk -v below="$PWD/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
          while read -r mounted; do umount -l "$mounted" 2> /dev/null || true; done
        rm -f /run/docker/plugins/$plugin.sock tools/target
      }
      trap clean_up EXIT
      await() {
        until grep -qs "$2" $3; do
          kill -0 $1 2> /dev/null || fail "$(cat $3 serve.err)"
          sleep 0.05
        done
      }
      module=$(dirname "$(dirname "$VENEER_JAR")")
      mkdir -p tools /run/docker/plugins
      cp "$module/veneer" tools/veneer
      ln -s "$module/target" tools/target
      serve() {
        : > serve.out # what an earlier one said
        tools/veneer serve pool $keep --containerd c.sock --docker /run/docker/plugins/$plugin.sock \\
          --metrics 127.0.0.1:0 --layer-size 256M > serve.out 2> serve.err &
        server=$!
        await $server '^ready$' serve.out
        port=$(sed -n 's/^metrics .*:\\([0-9]*\\).metrics$/\\1/p' serve.out)
      }
      metrics() {
        exec 5<> /dev/tcp/127.0.0.1/$port
        printf 'GET /metrics HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' >&5
        cat <&5 > figures
        exec 5<&-
      }
      ctr() { command ctr --address $PWD/engine.sock "$@"; }
      docker() { command docker --host unix://$PWD/docker.sock "$@"; }
      start_containerd() {
        printf '%s\\n' 'version = 2' "root = '$PWD/c/root'" "state = '$PWD/c/state'" \\
          'disabled_plugins = ["io.containerd.grpc.v1.cri"]' \\
          '[grpc]' "address = '$PWD/engine.sock'" \\
          '[proxy_plugins.veneer]' 'type = "snapshot"' "address = '$PWD/c.sock'" > config.toml
        : > containerd.log
        containerd --config config.toml > containerd.log 2>&1 &
        containerd=$!
      }
      start_dockerd() {
        : > dockerd.log
        dockerd --experimental --storage-driver=$plugin --bridge=none --iptables=false \\
          --ip-forward=false --data-root=$PWD/d/data --exec-root=$PWD/d/exec \\
          --pidfile=$PWD/d/pid --host=unix://$PWD/docker.sock > dockerd.log 2>&1 &
        dockerd=$!
      }
      make_images() {
        umoci init --layout layout
        umoci new --image layout:1
        umoci unpack --image layout:1 bundle 2> /dev/null
        mkdir -p bundle/rootfs/{bin,dev,etc,proc,sys,tmp}
        cp /bin/busybox bundle/rootfs/bin/
        for word in sh echo cat; do ln -s busybox bundle/rootfs/bin/$word; done
        umoci repack --image layout:1 bundle 2> /dev/null
        tar -C layout -cf image.tar .
        tar -C bundle/rootfs -cf root.tar .
      }
      run_ctr() { ctr run --rm --snapshotter veneer base:1 $1 /bin/echo $1; }
      run_docker() { docker run --rm --network none base:1 /bin/echo $1; }
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    Requirement.skipUnless("root".equals(System.getProperty("user.name")), "engines need root");
    for (String program :
        new String[] {"containerd", "ctr", "runc", "dockerd", "docker", "umoci", "busybox"}) {
      boolean there =
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
      Requirement.skipUnless(there, "no program " + program);
    }
    shell = new Shell(folder);
  }

  @Test
  void oneServerServesBothEnginesAndGoesOnAfterItsEnd() throws Exception {
    Outcome outcome =
        shell.run(
            BOTH_ENGINES
                + """
                tools/veneer -q pool create pool --data-size 4G
                serve
                start_containerd
                start_dockerd
                make_images
                await $containerd 'containerd successfully booted' containerd.log
                await $dockerd 'API listen on' dockerd.log
                docker info > info 2> /dev/null
                for row in 'Base Device Size: 268.4MB' 'Backing Filesystem: ext4' \\
                    "Data file: $PWD/pool/data" 'Data Space Total: 4.295GB' 'Library Version: '; do
                  grep -q "$row" info || fail "$(cat info)"
                done
                docker import root.tar base:1 > /dev/null
                ctr images import --base-name base --snapshotter veneer image.tar > /dev/null

                run_ctr one > one & first=$!
                run_docker two > two & second=$!
                metrics
                wait $first; wait $second
                cat one two
                metrics
                for line in 'call="Prepare",door="containerd",outcome="OK"' \\
                    'call="CreateReadWrite",door="docker",outcome="OK"'; do
                  grep -q "$line" figures || fail "$(cat figures)"
                done

                for call in Read Write Flush; do
                  grep "^veneer_device_requests_total{call=.$call.,door=.attach.,outcome=.OK.}" figures |
                    grep -q -v ' 0.0$' || fail "$(cat figures)"
                done

                # Each sees its own only, and what one throws away is not the other's.
                docker run --name kept --network none base:1 /bin/sh -c 'echo mine > /file' 2>&1
                layers=$(tools/veneer device list pool | grep -c '^docker')
                ctr snapshots --snapshotter veneer ls | grep -q docker && fail shown
                ctr images rm --sync base:1 > /dev/null
                ctr snapshots --snapshotter veneer ls | wc -l
                [ $(tools/veneer device list pool | grep -c '^docker') = $layers ] || fail lost
                ctr images import --base-name base --snapshotter veneer image.tar > /dev/null

                kill -TERM $server
                wait $server
                tools/veneer -q check pool
                serve
                # containerd lets seconds pass before it looks for the server again.
                until ctr snapshots --snapshotter veneer ls > /dev/null 2>&1; do sleep 0.1; done
                run_ctr three
                run_docker four
                docker cp kept:/file - | tar -xO
                docker diff kept
                docker rm kept
                docker rmi base:1 > /dev/null
                ctr images rm --sync base:1 > /dev/null
                [ $(tools/veneer device list pool | grep -c -e '^docker' -e '^containerd') = 0 ] ||
                  fail "$(tools/veneer device list pool)"
                """);
    assertEquals("one\ntwo\n1\nthree\nfour\nmine\nA /file\nkept\n", outcome.succeeded());
  }

  /** Containers that count, on a server that is killed, then ended, and each time followed. */
  @Test
  void containersRunOnWhenTheServerIsReplaced() throws Exception {
    Requirement.skipBelowLinux(6, 9, "keeping what is attached");
    Outcome outcome =
        shell.run(
            BOTH_ENGINES
                + """
                trap 'ctr tasks kill --signal KILL counts > /dev/null 2>&1 || true; clean_up' EXIT
                keep='--keep-attached 60'
                tools/veneer -q pool create pool --data-size 4G
                serve
                start_containerd
                start_dockerd
                make_images
                await $containerd 'containerd successfully booted' containerd.log
                await $dockerd 'API listen on' dockerd.log
                docker import root.tar base:1 > /dev/null
                ctr images import --base-name base --snapshotter veneer image.tar > /dev/null
                count='n=0; while n=$((n+1)); do echo $n > /count.new && mv /count.new /count; done'
                sh="/bin/busybox ln -sf busybox /bin/mv; $count"
                docker run --detach --name kept --network none base:1 /bin/sh -c "$sh" > /dev/null
                ctr run --detach --snapshotter veneer base:1 counts /bin/sh -c "$sh"
                counted() {
                  docker exec kept /bin/cat /count
                  ctr tasks exec --exec-id look$1 counts /bin/cat /count
                }
                goes_on() {
                  before=($1)
                  until now=($(counted $RANDOM)) && [ ${now[0]:-0} -gt ${before[0]} ] &&
                    [ ${now[1]:-0} -gt ${before[1]} ]; do sleep 0.05; done
                }
                goes_on '1 1'
                for signal in KILL TERM; do
                  last=$(counted $signal)
                  kill -$signal $server
                  { wait $server || true; } 2> /dev/null
                  sleep 0.3
                  serve
                  goes_on "$last"
                  docker cp kept:/count - | tar -xO > copied
                  [ $(cat copied) -gt 1 ]
                done
                run_docker two
                docker diff kept | grep -c -x 'A /count'
                docker kill kept > /dev/null
                docker rm kept
                docker rmi base:1 > /dev/null
                ctr tasks kill --signal KILL counts
                until ctr containers rm counts 2> /dev/null; do sleep 0.1; done
                until ctr snapshots --snapshotter veneer ls > /dev/null 2>&1; do sleep 0.1; done
                ctr images rm --sync base:1 > /dev/null
                [ $(tools/veneer device list pool | grep -c -e '^docker' -e '^containerd') = 0 ] ||
                  fail "$(tools/veneer device list pool)"
                for try in 1 2 3 4 5 6 7 8 9 10; do
                  [ $(tools/veneer attach --list pool | wc -l) = 1 ] && break || sleep 0.5
                done
                tools/veneer attach --list pool | wc -l
                """);
    assertEquals("two\n1\nkept\n1\n", outcome.succeeded());
  }

  @Test
  void aFullPoolIsSaidAndNotWaitedForAndGrows() throws Exception {
    Outcome outcome =
        shell.run(
            BOTH_ENGINES
                + """
                tools/veneer -q pool create pool --data-size 32M
                serve
                start_dockerd
                make_images
                await $dockerd 'API listen on' dockerd.log
                docker import root.tar base:1 > /dev/null
                head -c 40M /dev/urandom > bundle/rootfs/large
                tar -C bundle/rootfs -cf large.tar .
                mkdir context
                mv bundle/rootfs/large context/large
                printf 'FROM base:1\nCOPY large /large\n' > context/Dockerfile
                for try in import build; do
                  case $try in
                    import) timeout 100 env docker --host unix://$PWD/docker.sock \\
                      import large.tar large:1 ;;
                    build) timeout 100 env DOCKER_BUILDKIT=0 docker --host unix://$PWD/docker.sock \\
                      build --tag large:2 context ;;
                  esac > said 2>&1 && fail "it succeeded: $(cat said)" || code=$?
                  [ $code != 124 ] || fail "$try hangs: $(cat said)"
                  grep -q -e 'the pool is full' said || fail "$try says: $(cat said)"
                done
                docker container prune --force > /dev/null
                for try in 1 2 3 4 5 6 7 8 9 10; do # blocks that were given back are free a moment later
                  run_docker one > said 2>&1 && break || sleep 0.5
                done
                cat said
                tools/veneer -q pool grow pool --data-size 512M
                DOCKER_BUILDKIT=0 docker build --tag large:2 context > said 2>&1 ||
                  fail "$(cat said)"
                docker run --rm --network none large:2 /bin/cat /large | cmp - context/large
                run_docker two
                """);
    assertEquals("one\ntwo\n", outcome.succeeded());
  }
}
