// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.ExtentKind;
import java.nio.ByteBuffer;

/**
 * What goes over the control socket of a served pool, version 1. All numbers are big-endian.
 *
 * <pre>
 * greeting, sent by both sides at once when the connection is made
 *   0  u32  magic "VNRC"
 *   4  u32  version; both sides end the connection when they differ
 *
 * frame, of a request or an answer
 *   0  u32  length of the header, 2 to 4 MiB
 *   4  u32  length of the payload, 0 to 256 KiB
 *   8       header: one JSON object in UTF-8
 *           payload: bytes
 * </pre>
 *
 * <p>A request's header has its {@code type}; the other members are its arguments. Requests of one
 * connection are answered one after the other, in their order; a client may send several before it
 * reads an answer. An answer is one frame or more: all but the last have {@code more} set to true.
 * One that has {@code error} is the last: an object with {@code type} (which exception of the pool
 * it was), {@code severity} or {@code kind}, and {@code message}.
 *
 * <p>A server that is told to end finishes and answers the requests that it has read wholly. Then
 * it sends one more error, of the type {@code ServerEnding}, asked or not, and closes: it stands
 * for the answers to all further requests, of which nothing was begun.
 *
 * <p>A connection owns the devices that it opened; they are closed with it. A request does nothing
 * before its frame is complete, so a client that goes away in the middle of one changes nothing.
 *
 * <p>A request type is added on the server's side with {@link ControlRequests#add} and used on the
 * other side with {@link ControlClient#call}; types and members that one side does not know are
 * refused or ignored, so adding some needs no new version.
 */
final class ControlProtocol {
  static final int VERSION = 1;
  static final int MAGIC = 0x564e5243;
  static final int GREETING_BYTES = 8;

  static final int FRAME_PREFIX_BYTES = 8;
  static final int HEADER_BYTES_MIN = 2;
  static final int HEADER_BYTES_MAX = 4 << 20;
  static final int PAYLOAD_BYTES_MAX = 256 << 10;

  /** The socket's name in the pool's folder. */
  static final String SOCKET_NAME = "control";

  static final String TYPE = "type";
  static final String MORE = "more";
  static final String ERROR = "error";

  /** An extent in a payload: offset and length as u64, the kind as u32. */
  static final int EXTENT_BYTES = 20;

  private static final ExtentKind[] EXTENT_KINDS = {
    ExtentKind.HOLE, ExtentKind.ZERO, ExtentKind.DATA, ExtentKind.EXTERNAL
  };

  private ControlProtocol() {}

  static ByteBuffer nothing() {
    return ByteBuffer.allocate(0);
  }

  static ByteBuffer greeting() {
    return ByteBuffer.allocate(GREETING_BYTES).putInt(MAGIC).putInt(VERSION).flip();
  }

  static int extentCode(ExtentKind kind) {
    for (int code = 0; code < EXTENT_KINDS.length; code++) {
      if (EXTENT_KINDS[code] == kind) {
        return code;
      }
    }
    throw new IllegalArgumentException("no code for extents of kind " + kind);
  }

  static ExtentKind extentKind(int code) throws ProtocolViolation {
    if (code < 0 || code >= EXTENT_KINDS.length) {
      throw new ProtocolViolation("unknown kind of extent: code=" + code);
    }
    return EXTENT_KINDS[code];
  }
}
