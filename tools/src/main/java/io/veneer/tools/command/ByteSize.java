// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Sizes as people write them: whole numbers with an optional K, M, G, T or P, each 1024 times the
 * one before, and an optional {@code iB} after the letter. Decimal units are refused, because a
 * guess between 1000 and 1024 would be wrong half of the time.
 */
final class ByteSize {
  private static final String UNITS = "KMGTP";
  private static final int UNIT = 1024;

  private ByteSize() {}

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException with a message for the user if the text is no size
   */
  static long parse(String text) {
    int digits = countDigits(text);
    if (digits == 0) {
      throw notASize(text);
    }
    long multiplier = multiplier(text, text.substring(digits));
    try {
      return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), multiplier);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too large, the end is at 8191P", e);
    }
  }

  /** Writes a size with the largest unit that leaves at least 1, and one decimal if it needs it. */
  static String format(long bytes) {
    if (bytes < UNIT) {
      return bytes + " B";
    }
    int unit = 0;
    long unitBytes = UNIT;
    while (unit < UNITS.length() - 1 && bytes / unitBytes >= UNIT) {
      unit++;
      unitBytes *= UNIT;
    }
    long tenths = tenths(bytes, unitBytes);
    if (tenths == 10L * UNIT && unit < UNITS.length() - 1) {
      unit++;
      tenths = 10;
    }
    boolean exact = bytes % unitBytes == 0;
    String number = exact ? Long.toString(tenths / 10) : tenths / 10 + "." + tenths % 10;
    return number + " " + UNITS.charAt(unit) + "iB";
  }

  /** Tenths of a unit, rounded to the nearest; split so that it cannot overflow. */
  private static long tenths(long bytes, long unitBytes) {
    long rest = (bytes % unitBytes * 10 + unitBytes / 2) / unitBytes;
    return bytes / unitBytes * 10 + rest;
  }

  private static int countDigits(String text) {
    int count = 0;
    while (count < text.length() && text.charAt(count) >= '0' && text.charAt(count) <= '9') {
      count++;
    }
    return count;
  }

  private static long multiplier(String text, String suffix) {
    if (suffix.isEmpty()) {
      return 1;
    }
    int power = UNITS.indexOf(Character.toUpperCase(suffix.charAt(0))) + 1;
    boolean knownEnd = suffix.length() == 1 || suffix.substring(1).equalsIgnoreCase("ib");
    if (power == 0 || !knownEnd) {
      throw notASize(text);
    }
    return 1L << (10 * power);
  }

  private static IllegalArgumentException notASize(String text) {
    return new IllegalArgumentException(
        "'"
            + text
            + "' is not a size; write bytes, or a whole number with K, M, G or T: 64K, 100G");
  }

  /** Lets options take sizes. */
  static final class Converter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
