#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the benchmarks, after building them where they are missing or older than the sources.
#
#   jmh/measure.sh --jmh [JMH's arguments]     benchmarks inside one process; -h lists JMH's options
#   jmh/measure.sh --alternating [BLOCK_SIZE]  reads in turns with bare copies of the same
#   jmh/measure.sh --nbd [arguments]           served over NBD beside nbdkit and qemu-nbd; --help
#   jmh/measure.sh --nbd --attached            the same with block devices of the kernel; needs root
set -euo pipefail

usage() {
  sed -n '3,/^set/{/^#/s/^# \{0,1\}//p}' "$0"
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Sets jar to what was built, or to nothing.
find_jar() {
  jar=$(ls "$top"/jmh/target/jmh-*.jar 2>/dev/null |
    grep -v -e sources -e javadoc -e original | head -n 1 || true)
}

# Whether a source is newer than what was built.
is_stale() {
  [ -z "$jar" ] ||
    [ -n "$(find "$top"/{thinpool,driver,tools,jmh}/src/main -newer "$jar" -print -quit)" ]
}

build() {
  echo "measure.sh: building" >&2
  (cd "$top" && mvn -q -B -ntp -DskipTests package) >&2
  find_jar
}

java_options=(
  --add-opens java.base/java.lang.reflect=ALL-UNNAMED
  --add-exports java.base/sun.nio.ch=ALL-UNNAMED
  --add-exports java.base/jdk.internal.ref=ALL-UNNAMED
)

case ${1:-} in
  --jmh | --alternating | --nbd) ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
find_jar
if is_stale; then
  build
fi
what=$1
shift
if [ "$what" = --jmh ]; then
  exec java "${java_options[@]}" -jar "$jar" "$@"
fi
main_class=io.veneer.jmh.nbd.NbdComparison
if [ "$what" = --alternating ]; then
  main_class=io.veneer.jmh.AlternatingReads
  java_options+=(-XX:+UseSerialGC -Xms1g -Xmx1g -Djnr.ffi.x86asm.enabled=false)
fi
exec java "${java_options[@]}" -cp "$jar:$top/jmh/target/lib/*" "$main_class" "$@"
