// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Times and ratios as people read them: up to three digits that count, and a unit. */
final class Figures {
  private static final double MICROS_PER_MILLI = 1_000;
  private static final double MICROS_PER_SECOND = 1_000_000;
  private static final MathContext THREE_DIGITS = new MathContext(3, RoundingMode.HALF_UP);

  private Figures() {}

  /** Writes a time: {@code 310 us}, {@code 1.02 ms}, {@code 12.3 s}. */
  static String time(double micros) {
    if (round(micros) < MICROS_PER_MILLI) {
      return digits(micros) + " us";
    } else if (round(micros) < MICROS_PER_SECOND) {
      return digits(micros / MICROS_PER_MILLI) + " ms";
    }
    return digits(micros / MICROS_PER_SECOND) + " s";
  }

  /** Writes how many times a figure is another one; a dash where that has no meaning. */
  static String ratio(double figure, double base) {
    return base <= 0 ? "-" : digits(figure / base) + "x";
  }

  private static double round(double value) {
    return new BigDecimal(value).round(THREE_DIGITS).doubleValue();
  }

  /** Three digits that count, but never fewer than there are before the point. */
  private static String digits(double value) {
    BigDecimal exact = new BigDecimal(value);
    int wholeDigits = exact.precision() - exact.scale();
    if (wholeDigits >= THREE_DIGITS.getPrecision()) {
      return exact.setScale(0, RoundingMode.HALF_UP).toPlainString();
    }
    BigDecimal rounded = exact.round(THREE_DIGITS);
    int scale = Math.min(2, Math.max(0, rounded.scale()));
    return rounded.setScale(scale, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }
}
