// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountsFormatTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1343})
  void readsThreeBytesLowestFirst(int index) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    int at = 64 + 3 * index;
    image.put(at, (byte) 0xfe).put(at + 1, (byte) 0x80).put(at + 2, (byte) 0xff);
    assertEquals(0xff80fe, CountsFormat.count(image, index));
    assertTrue(0xff80fe <= CountsFormat.COUNT_MAX);
  }

  @Test
  void neighboursDoNotTouch() {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    image.put(CountsFormat.countOffset(5), new byte[] {-1, -1, -1});
    assertEquals(0, CountsFormat.count(image, 4));
    assertEquals(CountsFormat.COUNT_MAX, CountsFormat.count(image, 5));
    assertEquals(0, CountsFormat.count(image, 6));
  }

  @Test
  void indexEntriesComeBack() {
    for (int slot = 0; slot <= CountsFormat.SLOTS; slot++) {
      for (int used = 0; used <= CountsFormat.COUNTS; used++) {
        short entry = CountsFormat.indexEntry(slot, used);
        assertEquals(slot, CountsFormat.slot(entry));
        assertEquals(used, CountsFormat.used(entry));
        assertEquals(slot > 0 || used == 0, CountsFormat.isIndexEntry(entry));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0xc000, 0xc001, 0x4000 | 1345, 0x47ff, 0x4800, 0x5000, 0x6000, 0x0001})
  void knowsEntriesThatNoVersionWrites(int entry) {
    assertFalse(CountsFormat.isIndexEntry((short) entry));
  }

  @Test
  void commitWritesTheSlotThatIsNotValid() {
    assertEquals(1, CountsFormat.otherSlot(CountsFormat.SLOT_NONE));
    assertEquals(2, CountsFormat.otherSlot(1));
    assertEquals(1, CountsFormat.otherSlot(2));
  }
}
