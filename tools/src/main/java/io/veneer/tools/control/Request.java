// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A request that is being done, and the way of its answer. One thread. */
final class Request {
  private final Frame frame;
  private final FrameChannel channel;
  private final ClientHoldings holdings;

  Request(Frame frame, FrameChannel channel, ClientHoldings holdings) {
    this.frame = frame;
    this.channel = channel;
    this.holdings = holdings;
  }

  Arguments arguments() {
    return new Arguments(frame.header());
  }

  /** The bytes that came with the request. */
  ByteBuffer payload() {
    return frame.payload();
  }

  /** What the asking client has open. */
  ClientHoldings holdings() {
    return holdings;
  }

  /** A buffer to answer with; what the request brought is gone with its first use. */
  ByteBuffer payloadBuffer() {
    return channel.payloadBuffer();
  }

  /** Sends a part of the answer; others follow. */
  void part(JsonObject header, ByteBuffer payload) throws IOException {
    header.addProperty(ControlProtocol.MORE, true);
    channel.write(header, payload);
  }

  /** Sends all of the answer, or the last part. */
  void answer(JsonObject header) throws IOException {
    channel.write(header);
  }

  /** The same with bytes. */
  void answer(JsonObject header, ByteBuffer payload) throws IOException {
    channel.write(header, payload);
  }
}
