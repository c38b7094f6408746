// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The data of one option, taken apart. Whatever does not fit is a {@link Malformed}. */
final class OptionData {
  /** The data is not what the option's number promises. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int replyType;

    Malformed(String message) {
      this(NbdProtocol.NBD_REP_ERR_INVALID, message);
    }

    private Malformed(int replyType, String message) {
      super(message);
      this.replyType = replyType;
    }

    /** What the client gets for it. */
    int replyType() {
      return replyType;
    }
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ByteBuffer bytes;
  private final boolean tooLong;

  OptionData(ByteBuffer bytes) {
    this(bytes, false);
  }

  private OptionData(ByteBuffer bytes, boolean tooLong) {
    this.bytes = bytes;
    this.tooLong = tooLong;
  }

  /** Stands for data that was too long to be kept; whoever wants any of it is told so. */
  static OptionData tooLong() {
    return new OptionData(NOTHING, true);
  }

  int u16() throws Malformed {
    require(Short.BYTES);
    return Short.toUnsignedInt(bytes.getShort());
  }

  /** A 32-bit count or length; one from 2^31 on is more than any option can hold. */
  int u32() throws Malformed {
    require(Integer.BYTES);
    int value = bytes.getInt();
    if (value < 0) {
      throw new Malformed("length is larger than the option");
    }
    return value;
  }

  /** A string with its length before it. */
  String string() throws Malformed {
    return string(u32());
  }

  /** All that is left, as a string. */
  String rest() throws Malformed {
    return string(bytes.remaining());
  }

  private String string(int length) throws Malformed {
    if (length > NbdProtocol.STRING_BYTES_MAX) {
      throw new Malformed("string is longer than 4096 bytes");
    }
    require(length);
    ByteBuffer part = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("string is not UTF-8");
    }
    if (text.indexOf('\0') >= 0) {
      throw new Malformed("string has a NUL");
    }
    return text;
  }

  void end() throws Malformed {
    requireKept();
    if (bytes.hasRemaining()) {
      throw new Malformed("option is longer than its data");
    }
  }

  private void requireKept() throws Malformed {
    if (tooLong) {
      throw new Malformed(NbdProtocol.NBD_REP_ERR_TOO_BIG, "option is too long");
    }
  }

  private void require(int count) throws Malformed {
    requireKept();
    if (bytes.remaining() < count) {
      throw new Malformed("option is shorter than its data");
    }
  }
}
