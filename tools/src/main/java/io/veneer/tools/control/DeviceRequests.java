// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonObject;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The requests to devices that a client has open. Threads: any; one for each client. */
final class DeviceRequests {
  static final String OPEN = "open";
  static final String CLOSE = "close";
  static final String SIZE = "size";
  static final String READ = "read";
  static final String WRITE = "write";
  static final String WRITE_ZEROES = "writeZeroes";
  static final String DISCARD = "discard";
  static final String FLUSH = "flush";
  static final String EXTENTS = "extents";

  static final String DEVICE = "device";
  static final String OFFSET = "offset";
  static final String LENGTH = "lengthBytes";
  static final String SIZE_BYTES = "sizeBytes";
  static final String BLOCK_BYTES = "blockSizeBytes";
  static final String READ_ONLY = "readOnly";
  static final String MAY_UNMAP = "mayUnmap";
  static final String FUA = "fua";
  static final String END = "end";

  private final ThinPool pool;

  DeviceRequests(ThinPool pool) {
    this.pool = pool;
  }

  void addTo(ControlRequests requests) {
    requests.addStreaming(OPEN, this::open);
    requests.addStreaming(CLOSE, DeviceRequests::close);
    requests.addStreaming(SIZE, DeviceRequests::size);
    requests.addStreaming(READ, DeviceRequests::read);
    requests.addStreaming(WRITE, DeviceRequests::write);
    requests.addStreaming(WRITE_ZEROES, DeviceRequests::writeZeroes);
    requests.addStreaming(DISCARD, DeviceRequests::discard);
    requests.addStreaming(FLUSH, DeviceRequests::flush);
    requests.addStreaming(EXTENTS, DeviceRequests::extents);
  }

  private void open(Request request) throws IOException {
    Arguments arguments = request.arguments();
    String name = arguments.text(PoolRequests.NAME);
    BlockDevice device =
        arguments.flag(READ_ONLY) ? pool.openDeviceReadOnly(name) : pool.openDevice(name);
    JsonObject answer = new JsonObject();
    answer.addProperty(DEVICE, request.holdings().add(device));
    answer.addProperty(SIZE_BYTES, device.sizeBytes());
    answer.addProperty(BLOCK_BYTES, device.blockSizeBytes());
    answer.addProperty(READ_ONLY, device.isReadOnly());
    request.answer(answer);
  }

  private static BlockDevice device(Request request) {
    return request.holdings().device(request.arguments().number(DEVICE));
  }

  private static void close(Request request) throws IOException {
    request.holdings().closeDevice(request.arguments().number(DEVICE));
    request.answer(new JsonObject());
  }

  private static void size(Request request) throws IOException {
    JsonObject answer = new JsonObject();
    answer.addProperty(SIZE_BYTES, device(request).sizeBytes());
    request.answer(answer);
  }

  private static void read(Request request) throws IOException {
    BlockDevice device = device(request);
    long offset = request.arguments().number(OFFSET);
    long left = length(request);
    ByteBuffer buffer = request.payloadBuffer();
    requireInside(device, offset, left);
    while (left > buffer.capacity()) {
      device.read(offset, buffer.clear());
      request.part(new JsonObject(), buffer.flip());
      offset += buffer.capacity();
      left -= buffer.capacity();
    }
    device.read(offset, buffer.clear().limit((int) left));
    request.answer(new JsonObject(), buffer.flip());
  }

  /** Refuses as the device does, but before a part of the answer has gone. */
  private static void requireInside(BlockDevice device, long offset, long lengthBytes) {
    device.extents(offset, lengthBytes, (at, length, kind) -> false);
  }

  private static long length(Request request) {
    long length = request.arguments().number(LENGTH);
    if (length < 0) {
      throw PoolException.badRequest("a length must not be negative: lengthBytes=" + length);
    }
    return length;
  }

  private static void write(Request request) throws IOException {
    Arguments arguments = request.arguments();
    device(request).write(arguments.number(OFFSET), request.payload(), arguments.flag(FUA));
    request.answer(new JsonObject());
  }

  private static void writeZeroes(Request request) throws IOException {
    Arguments arguments = request.arguments();
    device(request)
        .writeZeroes(
            arguments.number(OFFSET),
            arguments.number(LENGTH),
            arguments.flag(MAY_UNMAP),
            arguments.flag(FUA));
    request.answer(new JsonObject());
  }

  private static void discard(Request request) throws IOException {
    Arguments arguments = request.arguments();
    device(request).discard(arguments.number(OFFSET), arguments.number(LENGTH));
    request.answer(new JsonObject());
  }

  private static void flush(Request request) throws IOException {
    device(request).flush();
    request.answer(new JsonObject());
  }

  /** As many extents as fit into one frame; the answer says where the next request goes on. */
  private static void extents(Request request) throws IOException {
    Arguments arguments = request.arguments();
    long offset = arguments.number(OFFSET);
    ByteBuffer buffer = request.payloadBuffer();
    long[] end = {offset};
    device(request)
        .extents(
            offset,
            arguments.number(LENGTH),
            (at, length, kind) -> {
              buffer.putLong(at).putLong(length).putInt(ControlProtocol.extentCode(kind));
              end[0] = at + length;
              return buffer.remaining() >= ControlProtocol.EXTENT_BYTES;
            });
    JsonObject answer = new JsonObject();
    answer.addProperty(END, end[0]);
    request.answer(answer, buffer.flip());
  }
}
