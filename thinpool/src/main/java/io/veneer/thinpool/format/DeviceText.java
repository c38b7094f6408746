// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device's text: its name, the path of its external origin and its attributes, each string as a
 * 32-bit length and UTF-8 bytes, the attributes with their number before them. See FORMAT.md,
 * "Device text".
 */
public final class DeviceText {
  private DeviceText() {}

  /**
   * Writes the text of a device.
   *
   * @param record the device
   * @return its bytes
   */
  public static byte[] encode(DeviceRecord record) {
    Writer writer = new Writer();
    writer.string(record.name);
    writer.string(record.externalOrigin);
    writer.number(record.attributes.size());
    record.attributes.forEach(
        (key, value) -> {
          writer.string(key);
          writer.string(value);
        });
    return writer.bytes();
  }

  /**
   * Reads a device's text into its record.
   *
   * @param text its bytes
   * @param record where it goes
   * @param block the record's place, for messages
   * @throws io.veneer.thinpool.CorruptMetadataException if the bytes are no text
   */
  public static void decode(byte[] text, DeviceRecord record, long block) {
    ByteBuffer in = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
    boolean whole;
    try {
      record.name = string(in);
      record.externalOrigin = string(in);
      record.attributes = attributes(in);
      whole = !in.hasRemaining();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      whole = false;
    }
    require(whole, BlockType.DEVICE_RECORD, block, "text", "strings to its end", in.position());
  }

  private static Map<String, String> attributes(ByteBuffer in) {
    int count = in.getInt();
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String key = string(in);
      attributes.put(key, string(in));
    }
    return attributes;
  }

  private static String string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private static final class Writer {
    private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

    void number(int value) {
      room(Integer.BYTES);
      out.putInt(value);
    }

    void string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      number(bytes.length);
      room(bytes.length);
      out.put(bytes);
    }

    private void room(int bytes) {
      if (out.remaining() < bytes) {
        int larger = Math.max(out.capacity() * 2, out.position() + bytes);
        out = ByteBuffer.allocate(larger).order(ByteOrder.LITTLE_ENDIAN).put(out.flip());
      }
    }

    byte[] bytes() {
      byte[] bytes = new byte[out.position()];
      out.get(0, bytes);
      return bytes;
    }
  }
}
