// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "4096, 4096",
    "64K, 65536",
    "64k, 65536",
    "64KiB, 65536",
    "1M, 1048576",
    "3mib, 3145728",
    "100G, 107374182400",
    "16T, 17592186044416",
    "16TiB, 17592186044416",
    "1P, 1125899906842624",
    "9223372036854775807, 9223372036854775807",
    "8191P, 9222246136947933184",
  })
  void readsBytesAndBinaryUnits(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "K", "-1", "+1", "1 K", " 1", "1.5G", "1,5G", "64KB", "64Kb", "64B", "64i", "64iB",
        "1E", "0x10", "1e3", "banana", "10GG", "\u0664K", "null"
      })
  void refusesWhatIsNoSize(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    assertTrue(e.getMessage().startsWith("'" + text + "' is not a size; write "), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8192P", "9223372036854775808", "99999999999999999999", "9999999999999G"})
  void refusesWhatNoNumberCanHold(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
    assertTrue(e.getMessage().contains("too large"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1 KiB",
    "1025, 1.0 KiB",
    "1536, 1.5 KiB",
    "65536, 64 KiB",
    "1048575, 1.0 MiB",
    "1048576, 1 MiB",
    "1048577, 1.0 MiB",
    "107374182400, 100 GiB",
    "17592186044416, 16 TiB",
    "9223372036854775807, 8192.0 PiB",
  })
  void printsTheLargestUnitThatFits(long bytes, String text) {
    assertEquals(text, ByteSize.format(bytes));
  }

  @Test
  void printsWholeSizesSoThatTheyCanBeReadBack() {
    for (long bytes = 1; bytes > 0 && bytes < 1L << 60; bytes *= 2) {
      assertEquals(
          bytes, ByteSize.parse(ByteSize.format(bytes).replace(" B", "").replace(" ", "")));
    }
  }
}
