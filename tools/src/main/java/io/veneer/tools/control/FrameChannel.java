// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads and writes the frames of {@link ControlProtocol} on a blocking socket, and owns it. Memory
 * is taken as bytes come in, never because a length was announced.
 *
 * <p>One thread, but for {@link #endInput}, {@link #close} and {@link #stalledNanos}, which any
 * thread may call.
 */
final class FrameChannel implements AutoCloseable {
  private static final int SMALL_BYTES = 64 << 10;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final long NOT_BUSY = 0;

  private final SocketChannel channel;
  private final LargeHeaders largeHeaders;
  private final ByteBuffer prefix = ByteBuffer.allocateDirect(ControlProtocol.FRAME_PREFIX_BYTES);
  private ByteBuffer payload = NOTHING;
  private final AtomicBoolean holdsPlace = new AtomicBoolean();
  private volatile long busySinceNanos = NOT_BUSY;

  FrameChannel(SocketChannel channel, LargeHeaders largeHeaders) {
    this.channel = channel;
    this.largeHeaders = largeHeaders;
  }

  /** Sends our greeting and takes the other side's; gives its version. */
  int greet() throws IOException {
    busySinceNanos = System.nanoTime();
    writeAll(ControlProtocol.greeting());
    ByteBuffer greeting = ByteBuffer.allocate(ControlProtocol.GREETING_BYTES);
    fill(greeting);
    busySinceNanos = NOT_BUSY;
    if (greeting.getInt() != ControlProtocol.MAGIC) {
      throw new ProtocolViolation("the greeting is not that of the control protocol");
    }
    return greeting.getInt();
  }

  /** Sends our greeting and one frame to who will not be listened to. */
  void turnAway(JsonObject header) throws IOException {
    writeAll(ControlProtocol.greeting());
    write(header);
  }

  /** The next frame, or null when the other side has ended. */
  Frame read() throws IOException {
    giveBackPlace();
    prefix.clear();
    if (channel.read(prefix) < 0) {
      return null;
    }
    busySinceNanos = System.nanoTime();
    try {
      fill(prefix);
      int headerBytes = prefix.getInt();
      int payloadBytes = prefix.getInt();
      requireLength(
          headerBytes, ControlProtocol.HEADER_BYTES_MIN, ControlProtocol.HEADER_BYTES_MAX);
      requireLength(payloadBytes, 0, ControlProtocol.PAYLOAD_BYTES_MAX);
      JsonObject header = readHeader(headerBytes);
      return new Frame(header, readPayload(payloadBytes));
    } finally {
      busySinceNanos = NOT_BUSY;
    }
  }

  private static void requireLength(int bytes, int min, int max) throws ProtocolViolation {
    if (bytes < min || bytes > max) {
      throw new ProtocolViolation(
          "a part of a frame is too short or too long: bytes=" + Integer.toUnsignedString(bytes));
    }
  }

  /** A long header keeps its place until the next frame, as its request is in memory so long. */
  private JsonObject readHeader(int bytes) throws IOException {
    if (bytes > SMALL_BYTES) {
      largeHeaders.take();
      holdsPlace.set(true);
    }
    return parse(readText(bytes));
  }

  private void giveBackPlace() {
    if (holdsPlace.getAndSet(false)) {
      largeHeaders.giveBack();
    }
  }

  private String readText(int bytes) throws IOException {
    byte[] text = new byte[Math.min(bytes, SMALL_BYTES)];
    for (int done = 0; done < bytes; ) {
      if (done == text.length) {
        text = Arrays.copyOf(text, Math.min(bytes, 2 * text.length));
      }
      ByteBuffer rest = ByteBuffer.wrap(text, done, text.length - done);
      fillAll(rest);
      done = text.length;
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private static JsonObject parse(String text) throws ProtocolViolation {
    try {
      JsonElement element = JsonParser.parseString(text);
      if (element.isJsonObject()) {
        return element.getAsJsonObject();
      }
    } catch (JsonParseException e) {
      throw new ProtocolViolation("a header is no JSON: " + e.getMessage());
    }
    throw new ProtocolViolation("a header is no JSON object");
  }

  private ByteBuffer readPayload(int bytes) throws IOException {
    if (bytes == 0) {
      return NOTHING;
    }
    if (payload.capacity() == 0) {
      payload = ByteBuffer.allocateDirect(ControlProtocol.PAYLOAD_BYTES_MAX);
    }
    payload.clear().limit(bytes);
    fill(payload);
    return payload;
  }

  /** Fills a buffer and turns it to be read from. */
  private void fill(ByteBuffer buffer) throws IOException {
    fillAll(buffer);
    buffer.flip();
  }

  private void fillAll(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the other side ended in the middle of a frame");
      }
    }
  }

  /** A buffer for payloads to send; the same as {@link #read} gives payloads in. */
  ByteBuffer payloadBuffer() {
    if (payload.capacity() == 0) {
      payload = ByteBuffer.allocateDirect(ControlProtocol.PAYLOAD_BYTES_MAX);
    }
    return payload.clear();
  }

  /** Sends a frame. The payload's position ends at its limit. */
  void write(JsonObject header, ByteBuffer bytes) throws IOException {
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    if (text.length > ControlProtocol.HEADER_BYTES_MAX) {
      throw new IllegalArgumentException("a frame's header is too long: bytes=" + text.length);
    }
    ByteBuffer head = ByteBuffer.allocate(ControlProtocol.FRAME_PREFIX_BYTES + text.length);
    head.putInt(text.length).putInt(bytes.remaining()).put(text).flip();
    busySinceNanos = System.nanoTime();
    try {
      writeAll(head, bytes);
    } finally {
      busySinceNanos = NOT_BUSY;
    }
  }

  void write(JsonObject header) throws IOException {
    write(header, NOTHING.duplicate());
  }

  private void writeAll(ByteBuffer... buffers) throws IOException {
    ByteBuffer last = buffers[buffers.length - 1];
    while (buffers[0].hasRemaining() || last.hasRemaining()) {
      channel.write(buffers);
    }
  }

  /** How long the other side has kept us waiting in the middle of a frame, or 0. */
  long stalledNanos() {
    long since = busySinceNanos;
    return since == NOT_BUSY ? 0 : System.nanoTime() - since;
  }

  /** Takes no more frames; what was read can still be answered. */
  void endInput() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void close() {
    giveBackPlace();
    try {
      channel.close();
    } catch (IOException e) {
      // A socket that does not close cleanly is gone all the same.
      busySinceNanos = NOT_BUSY;
    }
  }
}
