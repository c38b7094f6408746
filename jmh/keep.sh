#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what --keep-attached costs: fio on an attached device of a server with it and of one
# without, in turns. Needs root, fio, FUSE, loop devices and 4 GiB below $TMPDIR.
#
#   jmh/keep.sh [ROUNDS]
#
# Writes in place to a whole device of 512 MiB, and first writes to a snapshot of it. Prints the
# median of the requests a second, with the least and the most.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
veneer=$top/tools/veneer
rounds=${1:-5}
work=$(mktemp -d)
server=

end() {
  local status=$?
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf --one-file-system "$work"
  exit $status
}
trap end EXIT
cd "$work"

serve() {
  : >said
  "$veneer" serve pool "$@" >said 2>log &
  server=$!
  until grep -q '^ready$' said; do
    kill -0 "$server" || { cat log >&2; exit 1; }
    sleep 0.05
  done
}

# Requests a second of: PATH PATTERN REQUEST_BYTES DEPTH MORE...
job() {
  fio --name=job --filename="$1" --direct=1 --ioengine=libaio --rw="$2" --bs="$3" --iodepth="$4" \
    --size=512m --output-format=json "${@:5}" | sed -n '/"write" : {/,$s/.*"iops" : \([0-9]*\).*/\1/p' | head -n 1
}

measure() {
  local path
  path=$("$veneer" attach pool whole)
  job "$path" randwrite 4k 8 --runtime=4 --time_based >/dev/null
  for depth in 1 16; do
    for bytes in 4k 1m; do
      echo "in place, $bytes, depth $depth|$1|$(job "$path" randwrite $bytes $depth --runtime=3 --time_based)"
    done
  done
  "$veneer" -q detach pool whole
  for how in 'randwrite 4k 8 16m' 'write 1m 4 512m'; do
    set -- "$1" $how
    "$veneer" -q device snapshot pool whole fresh
    path=$("$veneer" attach pool fresh)
    echo "first, $3, depth $4|$1|$(job "$path" "$2" "$3" "$4" --io_size="$5")"
    "$veneer" -q detach pool fresh
    "$veneer" -q device remove pool fresh
  done
}

"$veneer" -q pool create pool --data-size 4G
tr '\0' x </dev/zero | head -c 512M >image || true
"$veneer" -q device import pool whole image
rm image
for round in $(seq "$rounds"); do
  for keep in without with; do
    if [ $keep = with ]; then serve --keep-attached 60; else serve; fi
    measure $keep
    kill "$server"
    wait "$server" || true
    server=
  done
done >results
cut -d '|' -f 1,2 results | sort -u | while IFS='|' read -r what keep; do
  grep -F "$what|$keep|" results | cut -d '|' -f 3 | sort -n |
    awk -v what="$what, $keep" '{ a[NR] = $1 } END { print what ": " a[int((NR + 1) / 2)] " (" a[1] " to " a[NR] ")" }'
done
