// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.Out;

/** The other end of a notification: a unix datagram socket that waits for what is sent to it. */
final class DatagramReceiver implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int socket(int family, int type, int protocol);

    int bind(int descriptor, byte[] address, int length);

    long recv(int descriptor, @Out byte[] bytes, long length, int flags);

    int close(int descriptor);
  }

  private final int descriptor;

  DatagramReceiver(String address) throws IOException {
    byte[] bytes = DatagramCalls.address(address);
    descriptor = LIBC.socket(AF_UNIX, SOCK_DGRAM, 0);
    if (LIBC.bind(descriptor, bytes, bytes.length) != 0) {
      throw new IOException("cannot bind to " + address);
    }
  }

  String receive() {
    byte[] bytes = new byte[4096];
    int length = (int) LIBC.recv(descriptor, bytes, bytes.length, 0);
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    LIBC.close(descriptor);
  }
}
