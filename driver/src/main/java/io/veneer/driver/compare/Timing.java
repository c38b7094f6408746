// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.util.Arrays;

/**
 * How long something took, in microseconds. A percentile is the smallest time that so many of a
 * hundred did not exceed; of few samples, p99 is the longest one.
 *
 * @param p50 half of them took no longer
 * @param p99 99 of 100 took no longer
 * @param max the longest
 */
public record Timing(double p50, double p99, double max) {
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double TENTHS = 10;

  /**
   * Sums samples up.
   *
   * @param nanos times in nanoseconds, in any order; none gives zeroes
   * @return the percentiles, to a tenth of a microsecond
   */
  static Timing ofNanos(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Timing(percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100));
  }

  private static double percentile(long[] sorted, int percent) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) (((long) sorted.length * percent + 99) / 100);
    double micros = sorted[Math.max(rank, 1) - 1] / NANOS_PER_MICRO;
    return Math.round(micros * TENTHS) / TENTHS;
  }
}
