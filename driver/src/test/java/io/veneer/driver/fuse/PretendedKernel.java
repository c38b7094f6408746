// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * The kernel's side of a session, over a socket that keeps messages apart: so a test can send what
 * no kernel would, and needs none.
 */
final class PretendedKernel implements AutoCloseable {
  private static final POSIX POSIX = POSIXFactory.getNativePOSIX();
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int MESSAGE_BYTES_MAX = 128 << 10;

  /** An answer: the errno, positive, and what comes behind the header. */
  record Reply(long unique, int errno, ByteBuffer body) {}

  private final int descriptor;
  private final FuseOperations operations;
  private final FuseSession session;
  private final Pointer memory =
      Runtime.getSystemRuntime().getMemoryManager().allocateDirect(MESSAGE_BYTES_MAX);
  private long unique = 2;

  PretendedKernel(GatedDevice device, FuseOptions options) {
    int[] ends = new int[2];
    assertEquals(0, POSIX.socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
    descriptor = ends[0];
    operations = new FuseOperations(device, options);
    session = new FuseSession(ends[1], device.name(), operations, options);
  }

  /** One with a session that answers. */
  static PretendedKernel started(GatedDevice device, FuseOptions options) {
    PretendedKernel kernel = new PretendedKernel(device, options);
    kernel.session.start();
    return kernel;
  }

  FuseSession session() {
    return session;
  }

  int opens() {
    return operations.opens();
  }

  /** Sends bytes as they are. */
  void sendRaw(byte[] message) {
    memory.put(0, message, 0, message.length);
    assertEquals(message.length, FuseCalls.write(descriptor, memory.address(), message.length));
  }

  /** Sends a request with these fields behind the header; its unique number. */
  long send(int opcode, ByteBuffer fields) {
    byte[] body = new byte[fields.flip().remaining()];
    fields.get(body);
    ByteBuffer message = body(FuseProtocol.IN_HEADER_BYTES + body.length);
    message.putInt(message.capacity()).putInt(opcode).putLong(unique).putLong(1);
    message.position(FuseProtocol.IN_HEADER_BYTES).put(body);
    sendRaw(message.array());
    unique += 2;
    return unique - 2;
  }

  static ByteBuffer body(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  Reply receive() {
    long length = FuseCalls.read(descriptor, memory.address(), MESSAGE_BYTES_MAX);
    ByteBuffer message = body((int) length);
    memory.get(0, message.array(), 0, (int) length);
    assertEquals(length, message.getInt());
    int error = message.getInt();
    return new Reply(message.getLong(), -error, message);
  }

  /** Sends a request and takes its answer. */
  Reply ask(int opcode, ByteBuffer fields) {
    long asked = send(opcode, fields);
    Reply reply = receive();
    assertEquals(asked, reply.unique());
    return reply;
  }

  static ByteBuffer transfer(long offset, int size, byte[] bytes) {
    ByteBuffer fields = body(40 + bytes.length);
    fields.putLong(0).putLong(offset).putInt(size).putInt(0).putLong(0).putInt(0).putInt(0);
    return fields.put(bytes);
  }

  long sendWrite(long offset, byte[] bytes) {
    return send(FuseProtocol.WRITE, transfer(offset, bytes.length, bytes));
  }

  Reply write(long offset, byte[] bytes) {
    return ask(FuseProtocol.WRITE, transfer(offset, bytes.length, bytes));
  }

  Reply read(long offset, int size) {
    return ask(FuseProtocol.READ, transfer(offset, size, new byte[0]));
  }

  Reply fallocate(long offset, long length, int mode) {
    return ask(
        FuseProtocol.FALLOCATE,
        body(32).putLong(0).putLong(offset).putLong(length).putInt(mode).putInt(0));
  }

  Reply fsync() {
    return ask(FuseProtocol.FSYNC, body(16).putLong(0).putLong(0));
  }

  Reply lseek(long offset, int whence) {
    return ask(FuseProtocol.LSEEK, body(24).putLong(0).putLong(offset).putInt(whence).putInt(0));
  }

  @Override
  public void close() {
    FuseCalls.close(descriptor);
    assertEquals(true, session.awaitEnd(Duration.ofSeconds(60)), "session did not end");
  }
}
