// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A time of a file.
 *
 * @param seconds since 1970, negative before
 * @param nanos 0 to 999,999,999, always forward from the second
 */
record FileTime(long seconds, int nanos) {
  static final FileTime EPOCH = new FileTime(0, 0);

  private static final int TIMESPEC_LENGTH = 16;
  private static final int NANOS_DIGITS = 9;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Access and change time, both this one, as two {@code struct timespec}. */
  byte[] twice() {
    ByteBuffer buffer = ByteBuffer.allocate(2 * TIMESPEC_LENGTH).order(ByteOrder.nativeOrder());
    return buffer.putLong(seconds).putLong(nanos).putLong(seconds).putLong(nanos).array();
  }

  /** Reads a decimal number of seconds, as pax records have it; finer digits are dropped. */
  static FileTime parse(String decimal) {
    int point = decimal.indexOf('.');
    if (point < 0) {
      return new FileTime(Long.parseLong(decimal), 0);
    }
    boolean before = decimal.startsWith("-");
    String whole = decimal.substring(0, point);
    long seconds = whole.isEmpty() || whole.equals("-") ? 0 : Long.parseLong(whole);
    int nanos = parseNanos(decimal.substring(point + 1));
    if (!before || nanos == 0) {
      return new FileTime(seconds, nanos);
    }
    return new FileTime(Math.subtractExact(seconds, 1), (int) (NANOS_PER_SECOND - nanos));
  }

  private static int parseNanos(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        throw new NumberFormatException("no digit in a fraction");
      }
    }
    String nine = (digits + "0".repeat(NANOS_DIGITS)).substring(0, NANOS_DIGITS);
    return Integer.parseInt(nine);
  }

  /** The shortest decimal number of seconds, as pax records have it. */
  String decimal() {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean before = seconds < 0;
    long whole = before ? -(seconds + 1) : seconds;
    long fraction = before ? NANOS_PER_SECOND - nanos : nanos;
    String digits = String.format("%09d", fraction).replaceFirst("0+$", "");
    return (before ? "-" : "") + whole + "." + digits;
  }
}
