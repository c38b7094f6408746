// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.util.ArrayList;
import java.util.List;

/**
 * What fio does to a server, and how its outcome is counted.
 *
 * @param title for the table's first column
 * @param unit what is counted
 * @param kind what it is done to
 * @param options fio's own
 */
record FioJob(String title, Unit unit, Kind kind, List<String> options) {
  /** What a job's outcome is counted in. */
  enum Unit {
    REQUESTS("requests/s"),
    MEBIBYTES("MiB/s");

    final String label;

    Unit(String label) {
      this.label = label;
    }
  }

  /** What a job is done to, and whether there is something to write back afterwards. */
  enum Kind {
    READ,
    WRITE,
    FIRST_WRITE
  }

  /** So few, because a first write is one only once; most of them hit a block of their own. */
  private static final int FIRST_WRITES = 4000;

  /** All there are, in the order of the table. */
  static List<FioJob> all() {
    return List.of(
        requests("4 KiB random read, depth 1", Kind.READ, "randread", 1),
        requests("4 KiB random read, depth 16", Kind.READ, "randread", 16),
        requests("4 KiB random write, depth 1", Kind.WRITE, "randwrite", 1),
        requests("4 KiB random write, depth 16", Kind.WRITE, "randwrite", 16),
        sequential("1 MiB sequential read, depth 1", Kind.READ, "read", 1),
        sequential("1 MiB sequential read, depth 4", Kind.READ, "read", 4),
        sequential("1 MiB sequential write, depth 1", Kind.WRITE, "write", 1),
        sequential("1 MiB sequential write, depth 4", Kind.WRITE, "write", 4),
        firstWrites("4 KiB first write, depth 1", 1),
        firstWrites("4 KiB first write, depth 16", 16),
        firstWrites("4 KiB first write, a flush every 32", 16, "--fsync=32"));
  }

  private static FioJob requests(String title, Kind kind, String pattern, int depth) {
    return timed(title, Unit.REQUESTS, kind, pattern, "4k", depth);
  }

  private static FioJob sequential(String title, Kind kind, String pattern, int depth) {
    return timed(title, Unit.MEBIBYTES, kind, pattern, "1m", depth);
  }

  private static FioJob timed(
      String title, Unit unit, Kind kind, String pattern, String block, int depth) {
    List<String> options = options(pattern, block, depth);
    options.addAll(List.of("--time_based", "--ramp_time=300ms", "--norandommap"));
    return new FioJob(title, unit, kind, options);
  }

  private static FioJob firstWrites(String title, int depth, String... more) {
    List<String> options = options("randwrite", "4k", depth);
    options.addAll(List.of("--number_ios=" + FIRST_WRITES, "--random_generator=lfsr"));
    options.addAll(List.of(more));
    return new FioJob(title, Unit.REQUESTS, Kind.FIRST_WRITE, options);
  }

  private static List<String> options(String pattern, String block, int depth) {
    return new ArrayList<>(List.of("--rw=" + pattern, "--bs=" + block, "--iodepth=" + depth));
  }

  boolean writes() {
    return kind != Kind.READ;
  }

  boolean isTimed() {
    return kind != Kind.FIRST_WRITE;
  }
}
