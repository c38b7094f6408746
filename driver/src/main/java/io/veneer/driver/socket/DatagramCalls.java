// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;

/**
 * Sends datagrams over unix sockets, which Java has no form of. Stateless; any thread.
 *
 * <p>A socket's address, as in unix(7): the family in the host's order, then the path; an abstract
 * name has a NUL before it and none behind.
 */
final class DatagramCalls {
  static {
    // See thinpool's LinuxCalls: jnr's own assembler passes a wrong sixth argument.
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int FAMILY_BYTES = 2;
  private static final char ABSTRACT = '@';

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int socket(int family, int type, int protocol);

    int connect(int descriptor, @In byte[] address, int length);

    long send(int descriptor, @In byte[] bytes, long length, int flags);

    int close(int descriptor);
  }

  private DatagramCalls() {}

  /** Sends one datagram to a path, or to an abstract name that is written with an at sign. */
  static void send(String receiver, byte[] bytes) throws IOException {
    byte[] address = address(receiver);
    int descriptor = LIBC.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(descriptor, "make a socket");
    try {
      check(LIBC.connect(descriptor, address, address.length), "connect to " + receiver);
      check(LIBC.send(descriptor, bytes, bytes.length, MSG_NOSIGNAL), "send to " + receiver);
    } finally {
      LIBC.close(descriptor);
    }
  }

  static byte[] address(String receiver) throws IOException {
    byte[] name = receiver.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = name.length > 1 && name[0] == ABSTRACT;
    if (!isAbstract && !receiver.startsWith("/")) {
      throw new IOException("not an absolute path, and not @ with a name: " + receiver);
    }
    if (name.length > ShortPath.BYTES_MAX) {
      throw new IOException("path is too long: " + receiver);
    }
    if (isAbstract) {
      name[0] = 0;
    }
    int length = FAMILY_BYTES + name.length + (isAbstract ? 0 : 1);
    ByteBuffer address = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_UNIX).put(name);
    return Arrays.copyOf(address.array(), length);
  }

  private static void check(long result, String what) throws IOException {
    if (result < 0) {
      Errno errno = Errno.valueOf(RUNTIME.getLastError());
      throw new IOException("cannot " + what + ": " + errno.description());
    }
  }
}
