// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Every single value of one quantity, drawn as points on a scale of powers of ten.
 *
 * @param title what is shown
 * @param rows one for each driver
 * @param text writes a value of the scale
 */
public record Spread(String title, List<Row> rows, DoubleFunction<String> text) {
  /**
   * The values of one driver.
   *
   * @param name whose
   * @param values more than 0 each; smaller ones are drawn at the scale's beginning
   */
  public record Row(String name, double[] values) {}

  /** The smallest power of ten on the scale. */
  int firstPower() {
    double least =
        rows.stream().flatMapToDouble(row -> Arrays.stream(row.values())).min().orElse(1);
    return (int) Math.floor(Math.log10(Math.max(least, 1)));
  }

  /** The largest power of ten on the scale, above {@link #firstPower}. */
  int lastPower() {
    double most = rows.stream().flatMapToDouble(row -> Arrays.stream(row.values())).max().orElse(1);
    return Math.max(firstPower() + 1, (int) Math.ceil(Math.log10(Math.max(most, 1))));
  }
}
