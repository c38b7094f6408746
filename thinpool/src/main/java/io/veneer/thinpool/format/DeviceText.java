// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static io.veneer.thinpool.format.BlockHeaderFormat.require;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device's text: its name, the path of its external origin and its attributes, each string as a
 * 32-bit length and UTF-8 bytes, the attributes with their number before them. See FORMAT.md,
 * "Device text".
 */
public final class DeviceText {
  /** Bytes that a name can have. */
  public static final int NAME_BYTES_MAX = 255;

  /** Bytes that the path of an external origin can have. */
  public static final int EXTERNAL_ORIGIN_BYTES_MAX = 4096;

  /** Bytes that all attributes of a device can take. */
  public static final int ATTRIBUTES_BYTES_MAX = 64 * 1024;

  private DeviceText() {}

  /**
   * Whether a string can be the name of a device.
   *
   * @param name the string
   * @return true for 1 to 255 bytes of UTF-8 without control characters
   */
  public static boolean isName(String name) {
    int bytes = bytes(name);
    return bytes >= 1
        && bytes <= NAME_BYTES_MAX
        && isEncodable(name)
        && name.chars().noneMatch(Character::isISOControl);
  }

  /**
   * Whether a string comes back as it was written.
   *
   * @param text the string
   * @return false for halves of surrogate pairs
   */
  public static boolean isEncodable(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /**
   * How long a string is in a text, without its length.
   *
   * @param text the string
   * @return bytes of UTF-8
   */
  public static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * How many bytes attributes take in a text.
   *
   * @param attributes names and values
   * @return bytes, their lengths included
   */
  public static int attributesBytes(Map<String, String> attributes) {
    long bytes = 0;
    for (Map.Entry<String, String> entry : attributes.entrySet()) {
      bytes += 2L * Integer.BYTES + bytes(entry.getKey()) + bytes(entry.getValue());
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

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
    } catch (BufferUnderflowException | CharacterCodingException e) {
      whole = false;
    }
    require(whole, BlockType.DEVICE_RECORD, block, "text", "strings to its end", in.position());
  }

  private static Map<String, String> attributes(ByteBuffer in) throws CharacterCodingException {
    int count = in.getInt();
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String key = string(in);
      attributes.put(key, string(in));
    }
    if (attributes.size() != count) {
      throw new BufferUnderflowException();
    }
    return attributes;
  }

  /** Bytes that are no UTF-8 are damage, not something to be replaced. */
  private static String string(ByteBuffer in) throws CharacterCodingException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
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
