// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.CorruptMetadataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTextTest {
  private final DeviceRecord record = new DeviceRecord(1);

  private DeviceRecord backAndForth() {
    DeviceRecord back = new DeviceRecord(1);
    DeviceText.decode(DeviceText.encode(record), back, 7);
    return back;
  }

  private void assertRefused(byte[] text) {
    CorruptMetadataException e =
        assertThrows(
            CorruptMetadataException.class, () -> DeviceText.decode(text, new DeviceRecord(1), 7));
    assertEquals("device record has wrong text", e.problem());
    assertEquals(7, e.block());
  }

  @Test
  void emptyTextIsThreeNumbers() {
    assertArrayEquals(new byte[12], DeviceText.encode(record));
    assertEquals("", backAndForth().name);
    assertFalse(backAndForth().hasExternalOrigin());
  }

  @Test
  void standsAsThePageSays() {
    record.name = "\u00e4";
    record.externalOrigin = "/x";
    record.attributes = Map.of("k", "vv");
    byte[] expected = {2, 0, 0, 0, -61, -92, 2, 0, 0, 0, '/', 'x', 1, 0, 0, 0, 1, 0, 0, 0, 'k'};
    byte[] text = DeviceText.encode(record);
    assertArrayEquals(expected, Arrays.copyOf(text, expected.length));
    assertArrayEquals(
        new byte[] {2, 0, 0, 0, 'v', 'v'}, Arrays.copyOfRange(text, expected.length, text.length));
  }

  @Test
  void everythingComesBack() {
    record.name = "web-\ud83d\ude00-\u0631";
    record.externalOrigin = "/images/base.raw";
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("z", "first");
    attributes.put("", "");
    attributes.put("a", "x\ny");
    record.attributes = attributes;
    DeviceRecord back = backAndForth();
    assertEquals(record.name, back.name);
    assertEquals(record.externalOrigin, back.externalOrigin);
    assertEquals(attributes, back.attributes);
    assertTrue(back.hasExternalOrigin());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 240, 3_000, 50_000, DeviceText.ATTRIBUTES_BYTES_MAX - 9})
  void textOfAnyLengthComesBack(int bytes) {
    record.name = "n".repeat(255);
    record.attributes = Map.of("k", "v".repeat(bytes));
    assertEquals(record.attributes, backAndForth().attributes);
    assertEquals(bytes + 9, DeviceText.attributesBytes(record.attributes));
  }

  @Test
  void rejectsEveryShorterText() {
    record.name = "web";
    record.attributes = Map.of("key", "value");
    byte[] text = DeviceText.encode(record);
    for (int length = 0; length < text.length; length++) {
      assertRefused(Arrays.copyOf(text, length));
    }
  }

  @Test
  void rejectsBytesBehindTheEnd() {
    assertRefused(new byte[13]);
  }

  @Test
  void rejectsNegativeLengths() {
    ByteBuffer text = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    assertRefused(text.putInt(0, -1).array());
    assertRefused(text.putInt(0, 0).putInt(8, -1).array());
    assertRefused(text.putInt(8, Integer.MAX_VALUE).array());
  }

  @Test
  void rejectsBytesThatAreNoUtf8() {
    record.name = "web";
    byte[] text = DeviceText.encode(record);
    text[5] = (byte) 0xff;
    assertRefused(text);
  }

  @Test
  void rejectsAnAttributeThatStandsThereTwice() {
    record.attributes = Map.of("a", "1", "b", "2");
    byte[] text = DeviceText.encode(record);
    String bytes = new String(text, StandardCharsets.ISO_8859_1).replace('b', 'a');
    assertRefused(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void knowsNames() {
    assertTrue(DeviceText.isName("a"));
    assertTrue(DeviceText.isName("n".repeat(255)));
    assertTrue(DeviceText.isName("with blank / and \u00e4"));
    assertFalse(DeviceText.isName(""));
    assertFalse(DeviceText.isName("n".repeat(256)));
    assertFalse(DeviceText.isName("\u00e4".repeat(128)));
    assertFalse(DeviceText.isName("a\nb"));
    assertFalse(DeviceText.isName("a\u0000"));
    assertFalse(DeviceText.isName("a\u007f"));
    assertFalse(DeviceText.isName("half \ud83d"));
  }
}
