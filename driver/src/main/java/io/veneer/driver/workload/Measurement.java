// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.util.Arrays;

/**
 * What was measured of one driver.
 *
 * @param quantity what it is
 * @param driver whose
 * @param samples all values, ascending, in the quantity's unit; at least one
 */
public record Measurement(Quantity quantity, String driver, double[] samples) {
  private static final double PER_CENT = 100;

  /**
   * Sorts a copy of the samples.
   *
   * @param quantity what it is
   * @param driver whose
   * @param samples all values, in any order; at least one
   */
  public Measurement {
    if (samples.length == 0) {
      throw new IllegalArgumentException("nothing measured quantity=" + quantity);
    }
    samples = samples.clone();
    Arrays.sort(samples);
  }

  /**
   * The smallest value that so many of a hundred did not exceed.
   *
   * @param percent 1 to 100; 50 is the median, 100 the largest
   * @return the value
   */
  public double percentile(int percent) {
    int rank = (int) Math.ceil(samples.length * percent / PER_CENT);
    return samples[Math.max(rank, 1) - 1];
  }

  /**
   * The value to show where there is room for one.
   *
   * @return the median
   */
  public double median() {
    return percentile(50);
  }

  /**
   * All values.
   *
   * @return a copy, ascending
   */
  @Override
  public double[] samples() {
    return samples.clone();
  }
}
