// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh.nbd;

import java.util.ArrayList;
import java.util.List;

/** Runs fio against an NBD export or a block device, and reads its figures. */
final class Fio {
  /** Fields of fio's terse output, version 3, from 0. */
  private static final int READ_KIBIBYTES_PER_SECOND = 6;

  private static final int READ_REQUESTS_PER_SECOND = 7;
  private static final int WRITE_KIBIBYTES_PER_SECOND = 47;
  private static final int WRITE_REQUESTS_PER_SECOND = 48;

  private final long sizeBytes;

  Fio(long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /**
   * Runs a job, and gives what it reached in its unit.
   *
   * @param target an NBD address, or the path of a block device
   */
  double run(FioJob job, String target, double seconds, long seed) {
    List<String> command = new ArrayList<>(List.of("fio", "--name=job"));
    command.addAll(
        target.startsWith("/")
            ? List.of("--ioengine=libaio", "--direct=1", "--filename=" + target)
            : List.of("--ioengine=nbd", "--uri=" + target));
    command.add("--size=" + sizeBytes);
    command.add("--randseed=" + seed);
    command.addAll(List.of("--output-format=terse", "--terse-version=3"));
    if (job.isTimed()) {
      command.add("--runtime=" + Math.round(seconds * 1000) + "ms");
    }
    command.addAll(job.options());
    return figure(job, HostProgram.run(command));
  }

  private static double figure(FioJob job, String printed) {
    String line =
        printed
            .lines()
            .filter(each -> each.startsWith("3;"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("fio printed no figures: " + printed));
    String[] fields = line.split(";");
    return job.unit() == FioJob.Unit.REQUESTS
        ? number(fields, job.writes() ? WRITE_REQUESTS_PER_SECOND : READ_REQUESTS_PER_SECOND)
        : number(fields, job.writes() ? WRITE_KIBIBYTES_PER_SECOND : READ_KIBIBYTES_PER_SECOND)
            / 1024;
  }

  private static double number(String[] fields, int index) {
    return Double.parseDouble(fields[index]);
  }
}
