// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device of a pool that another process has open. Large requests go in pieces, several on their
 * way at a time. One thread, unlike other devices; that of its {@link ControlClient}.
 */
public final class LiveDevice implements BlockDevice {
  private static final Logger LOG = LoggerFactory.getLogger(LiveDevice.class);
  private static final int WINDOW = 8;

  private final ControlClient client;
  private final String name;
  private final long handle;
  private final int blockSizeBytes;
  private final boolean readOnly;
  private boolean closed;

  private LiveDevice(ControlClient client, String name, Arguments opened) {
    this.client = client;
    this.name = name;
    this.handle = opened.number(DeviceRequests.DEVICE);
    this.blockSizeBytes = (int) opened.number(DeviceRequests.BLOCK_BYTES);
    this.readOnly = opened.flag(DeviceRequests.READ_ONLY);
  }

  /**
   * Opens a device.
   *
   * @param client the connection; it must outlive the device
   * @param name the device
   * @param readOnly whether writes shall be refused
   * @return the device, to be closed
   * @throws PoolException if it cannot be opened
   */
  public static LiveDevice open(ControlClient client, String name, boolean readOnly) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(PoolRequests.NAME, name);
    arguments.addProperty(DeviceRequests.READ_ONLY, readOnly);
    JsonObject opened = client.call(DeviceRequests.OPEN, arguments);
    return new LiveDevice(client, name, new Arguments(opened));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    JsonObject answer = client.call(DeviceRequests.SIZE, arguments());
    return new Arguments(answer).number(DeviceRequests.SIZE_BYTES);
  }

  @Override
  public int blockSizeBytes() {
    return blockSizeBytes;
  }

  @Override
  public boolean isReadOnly() {
    return readOnly;
  }

  private JsonObject arguments() {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(DeviceRequests.DEVICE, handle);
    return arguments;
  }

  private JsonObject arguments(long offset) {
    JsonObject arguments = arguments();
    arguments.addProperty(DeviceRequests.OFFSET, offset);
    return arguments;
  }

  private JsonObject arguments(long offset, long lengthBytes) {
    JsonObject arguments = arguments(offset);
    arguments.addProperty(DeviceRequests.LENGTH, lengthBytes);
    return arguments;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    client.send(
        DeviceRequests.READ, arguments(offset, target.remaining()), ControlProtocol.nothing());
    Frame frame = client.receive();
    while (!ControlClient.isLast(frame)) {
      take(frame.payload(), target);
      frame = client.receive();
    }
    take(frame.payload(), target);
    if (target.hasRemaining()) {
      throw client.lost(new ProtocolViolation("an answer is too short"));
    }
  }

  private void take(ByteBuffer payload, ByteBuffer target) {
    if (payload.remaining() > target.remaining()) {
      throw client.lost(new ProtocolViolation("an answer is too long"));
    }
    target.put(payload);
  }

  /** All pieces are answered before the first failure is thrown, so that the next request fits. */
  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    boolean onePiece = source.remaining() <= ControlProtocol.PAYLOAD_BYTES_MAX;
    Answers answers = new Answers();
    long at = offset;
    do {
      int length = Math.min(ControlProtocol.PAYLOAD_BYTES_MAX, source.remaining());
      JsonObject arguments = arguments(at);
      arguments.addProperty(DeviceRequests.FUA, fua && onePiece);
      client.send(DeviceRequests.WRITE, arguments, source.slice(source.position(), length));
      source.position(source.position() + length);
      at += length;
      answers.sent();
    } while (source.hasRemaining());
    answers.takeAll();
    if (fua && !onePiece) {
      flush();
    }
  }

  /** The answers that are due. */
  private final class Answers {
    private int due;
    private RuntimeException failure;

    void sent() {
      due++;
      if (due > WINDOW) {
        takeOne();
      }
    }

    private void takeOne() {
      due--;
      try {
        client.receive();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }

    void takeAll() {
      while (due > 0) {
        takeOne();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    JsonObject arguments = arguments(offset, lengthBytes);
    arguments.addProperty(DeviceRequests.MAY_UNMAP, mayUnmap);
    arguments.addProperty(DeviceRequests.FUA, fua);
    client.call(DeviceRequests.WRITE_ZEROES, arguments);
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    client.call(DeviceRequests.DISCARD, arguments(offset, lengthBytes));
  }

  @Override
  public void flush() {
    client.call(DeviceRequests.FLUSH, arguments());
  }

  /** The visitor may use the device, so it is called when an answer has been taken wholly. */
  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    long at = offset;
    long end = offset + lengthBytes;
    boolean more = true;
    while (more) {
      client.send(DeviceRequests.EXTENTS, arguments(at, end - at), ControlProtocol.nothing());
      Frame frame = client.receive();
      ByteBuffer extents = ByteBuffer.allocate(frame.payload().remaining());
      extents.put(frame.payload()).flip();
      at = new Arguments(frame.header()).number(DeviceRequests.END);
      more = visit(extents, visitor) && at < end;
    }
  }

  private boolean visit(ByteBuffer extents, ExtentVisitor visitor) {
    boolean more = extents.hasRemaining();
    while (more && extents.remaining() >= ControlProtocol.EXTENT_BYTES) {
      long at = extents.getLong();
      long length = extents.getLong();
      try {
        more = visitor.visit(at, length, ControlProtocol.extentKind(extents.getInt()));
      } catch (IOException e) {
        throw client.lost(e);
      }
    }
    return more;
  }

  /** If the server cannot be reached any more, the device has been closed with the connection. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        client.call(DeviceRequests.CLOSE, arguments());
      } catch (PoolException e) {
        LOG.debug("device was not closed over its connection: {}", e.getMessage());
      }
    }
  }
}
