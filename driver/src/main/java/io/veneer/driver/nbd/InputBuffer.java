// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a client has sent and nobody has read yet. Reads ahead as far as there is room, so that many
 * small requests cost one call; calls back before it may wait. One thread.
 */
final class InputBuffer {
  /** What to do before waiting for the client: send what it may be waiting for. */
  interface BeforeWaiting {
    void flush() throws IOException;
  }

  private final ByteBuffer bytes;
  private Transport transport;
  private BeforeWaiting beforeWaiting = () -> {};

  /** Takes over a buffer; big-endian, as all that comes from clients. */
  InputBuffer(ByteBuffer bytes, Transport transport) {
    this.bytes = bytes.clear().limit(0);
    this.transport = transport;
  }

  void beforeWaiting(BeforeWaiting action) {
    beforeWaiting = action;
  }

  /** Reads on from another transport; nothing of the old one may be left. */
  void use(Transport next) {
    transport = next;
  }

  /** The bytes at hand, from position to limit; the caller moves the position as it reads. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** What {@link #fill} can be asked for at the most. */
  int capacity() {
    return bytes.capacity();
  }

  boolean has(int wanted) {
    return bytes.remaining() >= wanted;
  }

  /** Waits until so many bytes are at hand; false if the client ended before the first of them. */
  boolean fill(int wanted) throws IOException {
    if (has(wanted)) {
      return true;
    }
    beforeWaiting.flush();
    makeRoom(wanted);
    while (!has(wanted)) {
      if (!readSome()) {
        if (bytes.hasRemaining()) {
          throw new ProtocolViolation("input ends inside a message");
        }
        return false;
      }
    }
    return true;
  }

  /** Like {@link #fill}, inside of a message, where the end is a violation. */
  void require(int wanted) throws IOException {
    if (!fill(wanted)) {
      throw new ProtocolViolation("input ends inside a message");
    }
  }

  private void makeRoom(int wanted) {
    if (bytes.capacity() - bytes.position() < wanted || !bytes.hasRemaining()) {
      bytes.compact().flip();
    }
  }

  private boolean readSome() throws IOException {
    int start = bytes.position();
    bytes.position(bytes.limit()).limit(bytes.capacity());
    try {
      return transport.read(bytes) >= 0;
    } finally {
      bytes.limit(bytes.position()).position(start);
    }
  }

  /** Fills the rest of a buffer, past this one where it can. */
  void readFully(ByteBuffer target) throws IOException {
    int buffered = Math.min(bytes.remaining(), target.remaining());
    target.put(target.position(), bytes, bytes.position(), buffered);
    bytes.position(bytes.position() + buffered);
    target.position(target.position() + buffered);
    if (target.hasRemaining()) {
      beforeWaiting.flush();
    }
    while (target.hasRemaining()) {
      if (transport.read(target) < 0) {
        throw new ProtocolViolation("input ends inside a payload");
      }
    }
  }

  /** Reads bytes and forgets them. */
  void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      require(1);
      int part = (int) Math.min(left, bytes.remaining());
      bytes.position(bytes.position() + part);
      left -= part;
    }
  }
}
