// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingEntryTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "4294967295, 0", "0, 1073741823", "4294967295, 1073741823", "77, 12345"})
  void dataComesBackAtItsExtremes(long dataBlock, long time) {
    long entry = MappingEntry.data(dataBlock, time);
    assertTrue(MappingEntry.isData(entry));
    assertFalse(MappingEntry.isZero(entry));
    assertTrue(MappingEntry.isValid(entry));
    assertEquals(dataBlock, MappingEntry.dataBlock(entry));
    assertEquals(time, MappingEntry.time(entry));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "1073741823"})
  void zeroKeepsItsTimeAndHasNoBlock(long time) {
    long entry = MappingEntry.zero(time);
    assertTrue(MappingEntry.isZero(entry));
    assertFalse(MappingEntry.isData(entry));
    assertTrue(MappingEntry.isValid(entry));
    assertEquals(time, MappingEntry.time(entry));
    assertEquals(0, MappingEntry.dataBlock(entry));
  }

  @Test
  void holeIsNeitherDataNorZero() {
    assertEquals(0, MappingEntry.HOLE);
    assertFalse(MappingEntry.isData(MappingEntry.HOLE));
    assertFalse(MappingEntry.isZero(MappingEntry.HOLE));
    assertTrue(MappingEntry.isValid(MappingEntry.HOLE));
  }

  @Test
  void noEntryIsTwoThings() {
    assertEquals(MappingEntry.TIME_MAX + 1, 1L << 30);
    assertEquals(MappingEntry.DATA_BLOCKS_MAX, 1L << 32);
    long largest = MappingEntry.data(MappingEntry.DATA_BLOCKS_MAX - 1, MappingEntry.TIME_MAX);
    assertEquals(~(1L << 62), largest);
  }

  @Test
  void knowsBitsThatNoVersionWrites() {
    for (int bit = 0; bit < 63; bit++) {
      assertFalse(MappingEntry.isValid(1L << bit), "bit " + bit);
    }
    assertFalse(MappingEntry.isValid(MappingEntry.zero(5) | 1));
    assertFalse(MappingEntry.isValid(MappingEntry.zero(5) | 1L << 31));
  }
}
