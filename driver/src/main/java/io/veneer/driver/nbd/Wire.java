// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One client's transport with a buffer for each direction. The buffers are the connection's own, so
 * that it can always go on. For the thread that reads the client's requests.
 */
final class Wire {
  private final InputBuffer in;
  private final ByteBuffer out;
  private final ByteBuffer[] own = new ByteBuffer[1];
  private volatile Transport transport;

  Wire(Transport transport) {
    this.transport = transport;
    this.in = new InputBuffer(ByteBuffer.allocateDirect(Workers.SMALL_BUFFER_BYTES), transport);
    this.out = ByteBuffer.allocateDirect(Workers.SMALL_BUFFER_BYTES);
  }

  InputBuffer in() {
    return in;
  }

  ByteBuffer out() {
    return out;
  }

  /** Any thread may ask, to end it. */
  Transport transport() {
    return transport;
  }

  /** Sends what was put into the buffer. During the handshake only: the outbox comes after. */
  void send() throws IOException {
    out.flip();
    own[0] = out;
    transport.write(own, 1);
    out.clear();
  }

  /** Goes on through another transport, in both directions. */
  void use(Transport next) {
    transport = next;
    in.use(next);
  }
}
