// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Puts the replies to one option after the other; sent together, or when the buffer is full. */
final class OptionReplies {
  /** What a string should have at the most, though it might have more. */
  private static final int ERROR_BYTES_MAX = 256;

  private final Wire wire;
  private int option;

  OptionReplies(Wire wire) {
    this.wire = wire;
  }

  /** Says which option the replies are to, from here on. */
  void to(int optionNumber) {
    option = optionNumber;
  }

  /** The final reply of an option that was done. */
  void ack() throws IOException {
    header(NbdProtocol.NBD_REP_ACK, 0);
    wire.send();
  }

  /** The final reply of an option that was not done. */
  void error(int type, String text) throws IOException {
    byte[] bytes = Replies.clip(text, ERROR_BYTES_MAX);
    header(type, bytes.length).put(bytes);
    wire.send();
  }

  void server(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    header(NbdProtocol.NBD_REP_SERVER, Integer.BYTES + bytes.length)
        .putInt(bytes.length)
        .put(bytes);
  }

  void metaContext(int id, String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    header(NbdProtocol.NBD_REP_META_CONTEXT, Integer.BYTES + bytes.length).putInt(id).put(bytes);
  }

  void infoExport(NbdExport export, boolean structured) throws IOException {
    info(NbdProtocol.NBD_INFO_EXPORT, Long.BYTES + Short.BYTES)
        .putLong(export.sizeBytes())
        .putShort((short) export.transmissionFlags(structured));
  }

  void infoBlockSize(NbdExport export) throws IOException {
    info(NbdProtocol.NBD_INFO_BLOCK_SIZE, 3 * Integer.BYTES)
        .putInt(1)
        .putInt(export.preferredBlockBytes())
        .putInt(NbdProtocol.PAYLOAD_BYTES_MAX);
  }

  void infoText(int type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    info(type, bytes.length).put(bytes);
  }

  private ByteBuffer info(int type, int bytes) throws IOException {
    return header(NbdProtocol.NBD_REP_INFO, Short.BYTES + bytes).putShort((short) type);
  }

  private ByteBuffer header(int type, int payloadBytes) throws IOException {
    ByteBuffer out = wire.out();
    if (out.remaining() < NbdProtocol.OPTION_REPLY_HEADER_BYTES + payloadBytes) {
      wire.send();
    }
    return out.putLong(NbdProtocol.OPTION_REPLY_MAGIC)
        .putInt(option)
        .putInt(type)
        .putInt(payloadBytes);
  }
}
