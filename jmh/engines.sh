#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures container engines on Veneer beside the drivers that they have themselves. Needs root,
# containerd, runc, ctr, dockerd, docker, umoci, busybox and some GiB below $TMPDIR.
#
#   jmh/engines.sh commit [ROUNDS] [MIB]   docker commit after 4 bytes appended to a large file
#   jmh/engines.sh run [ROUNDS]            ctr run of a small container
#
# Rounds take turns. A line for each, then medians with the least and the most.
set -euo pipefail

usage() {
  sed -n '3,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
veneer=$top/tools/veneer
started=()

end() {
  local status=$? pid id
  set +e
  for driver in veneer overlay2 vfs; do
    if [ -S "$work/docker-$driver.sock" ]; then
      id=$(docker --host "unix://$work/docker-$driver.sock" ps --all --quiet)
      [ -z "$id" ] || docker --host "unix://$work/docker-$driver.sock" rm --force $id >/dev/null 2>&1
    fi
  done
  while [ ${#started[@]} -gt 0 ]; do
    pid=${started[-1]}
    unset 'started[-1]'
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  [ -z "${plugin:-}" ] || rm -f "$plugin"
  awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mounted; do umount "$mounted" 2>/dev/null; done
  rm -rf --one-file-system "$work"
  exit $status
}

# Starts a program whose output shows when it is ready: await TEXT LOG COMMAND...
await() {
  local text=$1 log=$2
  shift 2
  "$@" >"$log" 2>&1 &
  started+=($!)
  until grep -qs "$text" "$log"; do
    kill -0 "${started[-1]}" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.1
  done
}

millis() {
  echo $(($(date +%s%N) / 1000000))
}

# Milliseconds that a command takes.
timed() {
  local began
  began=$(millis)
  "$@" >/dev/null
  echo $(($(millis) - began))
}

# Of numbers in lines: the median, the least, the most.
summary() {
  sort -n | awk '{ all[NR] = $1 }
    END { printf "median %s (%s to %s)\n", all[int((NR + 1) / 2)], all[1], all[NR] }'
}

serve() {
  "$veneer" pool create "$work/pool" --data-size 20G >/dev/null
  await '^veneer: ready\|ready' "$work/serve.log" "$veneer" serve "$work/pool" --layer-size 4G "$@"
}

root_folder() {
  mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp,data}
  cp "$(command -v busybox)" "$1/bin/busybox"
  local word
  for word in sh echo sleep sync true; do ln -s busybox "$1/bin/$word"; done
}

start_docker() {
  await 'API listen on' "$work/$1.log" dockerd --experimental --storage-driver="$2" \
    --bridge=none --iptables=false --ip-forward=false --data-root="$work/$1" \
    --exec-root="$work/$1-exec" --pidfile="$work/$1.pid" --host="unix://$work/docker-$1.sock"
}

# Bytes on the host below a driver's folder.
stored() {
  case $1 in
    veneer) sync; du -s --block-size=1 "$work/pool" ;;
    *) sync; du -s --block-size=1 "$work/$1/$1" ;;
  esac | cut -f 1
}

commit_once() {
  local driver=$1 round=$2 docker before took
  docker="docker --host unix://$work/docker-$driver.sock"
  $docker run --detach --network none --name one base:1 sleep 600 >/dev/null
  $docker exec one sh -c 'echo abc >>/data/large; sync'
  before=$(stored "$driver")
  took=$(timed $docker commit one "next:$round")
  echo "commit $driver round=$round millis=$took storedBytes=$(($(stored "$driver") - before))"
  $docker rm --force one >/dev/null
}

commit() {
  local rounds=${1:-3} mebibytes=${2:-1024} name driver round
  name=$(basename "$work")
  plugin=/run/docker/plugins/$name.sock
  mkdir -p /run/docker/plugins
  serve --docker "$plugin"
  root_folder "$work/root"
  head -c "${mebibytes}M" /dev/urandom >"$work/root/data/large"
  tar -C "$work/root" -cf "$work/root.tar" .
  rm "$work/root/data/large"
  start_docker veneer "$name"
  start_docker overlay2 overlay2
  start_docker vfs vfs
  for driver in veneer overlay2 vfs; do
    docker --host "unix://$work/docker-$driver.sock" import "$work/root.tar" base:1 >/dev/null
  done
  for ((round = 1; round <= rounds; round++)); do
    for driver in veneer overlay2 vfs; do
      commit_once $driver $round
    done
  done | tee "$work/lines"
  for driver in veneer overlay2 vfs; do
    grep "commit $driver " "$work/lines" | sed 's/.*millis=\([0-9]*\).*/\1/' |
      echo "commit $driver milliseconds: $(summary)"
    grep "commit $driver " "$work/lines" | sed 's/.*storedBytes=//' |
      echo "commit $driver stored bytes: $(summary)"
  done
}

ctr_once() {
  local snapshotter=$1 round=$2
  echo "run $snapshotter round=$round millis=$(timed ctr --address "$work/c.sock" run --rm \
    --snapshotter "$snapshotter" base:1 "c$round" /bin/true)"
}

run() {
  local rounds=${1:-20} round snapshotter
  serve --containerd "$work/veneer.sock"
  cat >"$work/config.toml" <<END
version = 2
root = "$work/containerd"
state = "$work/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$work/c.sock"
[proxy_plugins.veneer]
  type = "snapshot"
  address = "$work/veneer.sock"
END
  await 'containerd successfully booted' "$work/containerd.log" \
    containerd --config "$work/config.toml"
  local image=$work/layout:1
  umoci init --layout "$work/layout"
  umoci new --image "$image"
  umoci unpack --image "$image" "$work/bundle" 2>/dev/null
  root_folder "$work/bundle/rootfs"
  umoci repack --image "$image" "$work/bundle" 2>/dev/null
  tar -C "$work/layout" -cf "$work/image.tar" .
  for snapshotter in overlayfs veneer; do
    ctr --address "$work/c.sock" images import --base-name base --snapshotter $snapshotter \
      "$work/image.tar" >/dev/null
  done
  for ((round = 0; round <= rounds; round++)); do
    for snapshotter in veneer overlayfs; do
      ctr_once $snapshotter $round
    done
  done | tee "$work/lines"
  for snapshotter in veneer overlayfs; do
    grep "run $snapshotter " "$work/lines" | grep -v round=0 | sed 's/.*millis=//' |
      echo "run $snapshotter milliseconds: $(summary)"
  done
}


what=${1:-}
case $what in
  commit | run) shift ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
work=$(mktemp -d)
trap end EXIT
"$what" "$@"
