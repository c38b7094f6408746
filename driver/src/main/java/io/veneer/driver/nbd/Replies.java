// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.NbdProtocol.NBD_REPLY_FLAG_DONE;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Puts replies, or parts of them, into a buffer that has room for them. */
final class Replies {
  /** The most room that a reply without data takes. */
  static final int SHORT_REPLY_BYTES = 512;

  private static final int ERROR_FIELDS_BYTES = 6;
  private static final int TEXT_BYTES_MAX =
      SHORT_REPLY_BYTES - NbdProtocol.CHUNK_HEADER_BYTES - ERROR_FIELDS_BYTES;

  private Replies() {}

  /** Success without data; allowed in this form whatever was negotiated, but not for reads. */
  static void success(ByteBuffer out, long cookie) {
    simple(out, cookie, NbdProtocol.NBD_SUCCESS);
  }

  /** The header of a simple reply; data follows a read that succeeded. */
  static void simple(ByteBuffer out, long cookie, int error) {
    out.putInt(NbdProtocol.SIMPLE_REPLY_MAGIC).putInt(error).putLong(cookie);
  }

  /** A failure, with the text where the client can be told it. */
  static void error(ByteBuffer out, long cookie, boolean structured, int error, String text) {
    if (!structured) {
      simple(out, cookie, error);
      return;
    }
    byte[] bytes = clip(text, TEXT_BYTES_MAX);
    chunk(
        out,
        cookie,
        NBD_REPLY_FLAG_DONE,
        NbdProtocol.NBD_REPLY_TYPE_ERROR,
        ERROR_FIELDS_BYTES + bytes.length);
    out.putInt(error).putShort((short) bytes.length).put(bytes);
  }

  /** As much of a text, in UTF-8, as fits whole. */
  static byte[] clip(String text, int bytesMax) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return bytes;
    }
    int end = bytesMax;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--; // not inside of a character
    }
    return java.util.Arrays.copyOf(bytes, end);
  }

  /** The header of a structured chunk. */
  static void chunk(ByteBuffer out, long cookie, int flags, int type, int payloadBytes) {
    out.putInt(NbdProtocol.STRUCTURED_REPLY_MAGIC)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putInt(payloadBytes);
  }

  /** What comes before the data of a chunk. */
  static void offsetData(ByteBuffer out, long cookie, int flags, long offset, int dataBytes) {
    chunk(out, cookie, flags, NbdProtocol.NBD_REPLY_TYPE_OFFSET_DATA, Long.BYTES + dataBytes);
    out.putLong(offset);
  }

  /** A chunk that stands for zeroes. */
  static void offsetHole(ByteBuffer out, long cookie, int flags, long offset, int holeBytes) {
    int payloadBytes = Long.BYTES + Integer.BYTES;
    chunk(out, cookie, flags, NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE, payloadBytes);
    out.putLong(offset).putInt(holeBytes);
  }

  /** The end of a structured reply all chunks of which are sent. */
  static void done(ByteBuffer out, long cookie) {
    chunk(out, cookie, NBD_REPLY_FLAG_DONE, NbdProtocol.NBD_REPLY_TYPE_NONE, 0);
  }
}
