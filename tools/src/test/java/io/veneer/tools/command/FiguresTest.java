// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 us",
    "0.4, 0.4 us",
    "12.34, 12.3 us",
    "310, 310 us",
    "999.4, 999 us",
    "999.6, 1 ms",
    "1020, 1.02 ms",
    "123456, 123 ms",
    "999600, 1 s",
    "1230000, 1.23 s",
    "98765432, 98.8 s",
    "1234000000, 1234 s"
  })
  void printsTimesWithThreeDigits(double micros, String text) {
    assertEquals(text, Figures.time(micros));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1x",
    "81, 100, 0.81x",
    "12345, 10, 1235x",
    "0, 5, 0x",
    "5, 0, -",
    "-5, 5, -1x"
  })
  void printsRatios(double figure, double base, String text) {
    assertEquals(text, Figures.ratio(figure, base));
  }
}
