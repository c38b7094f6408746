// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRecordFormatTest {
  private static final int ID = 0xabcdef;
  private static final long BLOCK = 7;

  private final ByteBuffer image = BlockHeaderFormat.newBlock();

  private ByteBuffer encoded(byte[] text, long... textBlocks) {
    DeviceRecordFormat.encode(new DeviceRecord(ID), text, textBlocks, image);
    return image;
  }

  private String refused() {
    return assertThrows(
            CorruptMetadataException.class,
            () -> {
              DeviceRecordFormat.decode(image, BLOCK, ID);
              DeviceRecordFormat.textBlocks(image, BLOCK);
            })
        .getMessage();
  }

  /** All fields by reflection, so that none that is added later is forgotten here. */
  @Test
  void everyFieldComesBack() throws IllegalAccessException {
    Random random = new Random(5);
    DeviceRecord record = new DeviceRecord(ID);
    for (Field field : DeviceRecord.class.getFields()) {
      boolean free = !Modifier.isFinal(field.getModifiers());
      if (free && field.getType() == long.class) {
        field.setLong(record, random.nextLong() >>> 1);
      } else if (free && field.getType() == int.class) {
        field.setInt(record, random.nextInt());
      }
    }
    record.mappingLevel = 3;
    DeviceRecordFormat.encode(record, new byte[0], new long[0], image);
    DeviceRecord back = DeviceRecordFormat.decode(image, BLOCK, ID);
    for (Field field : DeviceRecord.class.getFields()) {
      assertEquals(field.get(record), field.get(back), field.getName());
    }
  }

  @Test
  void rejectsRecordOfAnotherDevice() {
    encoded(new byte[0]);
    CorruptMetadataException e =
        assertThrows(
            CorruptMetadataException.class, () -> DeviceRecordFormat.decode(image, BLOCK, 1));
    assertEquals("device record has wrong device id", e.problem());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4, Integer.MAX_VALUE})
  void rejectsImpossibleLevel(int level) {
    encoded(new byte[0]).putInt(88, level);
    assertTrue(refused().contains("level"));
  }

  @Test
  void rejectsNegativeSize() {
    encoded(new byte[0]).putLong(72, -1);
    assertTrue(refused().contains("size"));
  }

  @ParameterizedTest
  @ValueSource(ints = {136, 143, 164, 191, 192, 383})
  void rejectsReservedBytes(int offset) {
    encoded(new byte[0]).put(offset, (byte) 1);
    assertTrue(refused().contains("reserved byte at offset " + offset));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3712, 0", "3713, 1", "7744, 1", "7745, 2", "100480, 24"})
  void textTakesAsManyBlocksAsItNeeds(int bytes, int blocks) {
    assertEquals(blocks, DeviceRecordFormat.textBlocksFor(bytes));
    long[] places = new long[blocks];
    Arrays.setAll(places, i -> 1000 + i);
    byte[] text = new byte[bytes];
    new Random(bytes).nextBytes(text);
    encoded(text, places);
    assertEquals(bytes, DeviceRecordFormat.textBytes(image, BLOCK));
    assertArrayEquals(places, DeviceRecordFormat.textBlocks(image, BLOCK));
    int inline = Math.min(bytes, DeviceRecordFormat.TEXT_INLINE_BYTES);
    byte[] stored = new byte[inline];
    image.get(DeviceRecordFormat.TEXT_AT, stored);
    assertArrayEquals(Arrays.copyOf(text, inline), stored);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 100_481, Integer.MIN_VALUE})
  void rejectsTextLengthThatCannotBe(int bytes) {
    encoded(new byte[0]).putInt(160, bytes);
    assertTrue(refused().contains("text length"));
  }

  @Test
  void longestTextFits() {
    int longest =
        3 * Integer.BYTES
            + DeviceText.NAME_BYTES_MAX
            + DeviceText.EXTERNAL_ORIGIN_BYTES_MAX
            + DeviceText.ATTRIBUTES_BYTES_MAX;
    assertTrue(longest <= DeviceRecordFormat.TEXT_BYTES_MAX, "longest text " + longest);
  }

  @Test
  void flagsAreIndependent() {
    DeviceRecord record = new DeviceRecord(ID);
    record.set(DeviceRecord.SEALED, true);
    record.set(DeviceRecord.GUARANTEED, true);
    record.set(DeviceRecord.SEALED, false);
    assertTrue(record.is(DeviceRecord.GUARANTEED));
    assertFalse(record.is(DeviceRecord.SEALED));
    assertFalse(record.is(DeviceRecord.REMOVING));
  }
}
