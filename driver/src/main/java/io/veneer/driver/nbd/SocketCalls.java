// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.OS;

/**
 * The one socket call that Java has no form of: to receive what is there without waiting, on a
 * channel that waits otherwise. Stateless; any thread.
 */
final class SocketCalls {
  /** What {@link #receiveNow} answers when nothing is there; negative as all failures. */
  static final int NOTHING_YET = -11;

  /** What {@link #descriptorOf} answers where it cannot tell. */
  static final int NO_DESCRIPTOR = -1;

  private static final int MSG_DONTWAIT = 0x40;
  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  private SocketCalls() {}

  /** The C library's call; public because jnr implements it from another class loader. */
  public interface LibC {
    /**
     * Receives from a socket.
     *
     * @param socket file descriptor
     * @param address where the bytes go
     * @param lengthBytes how many at the most
     * @param flags how
     * @return bytes received, 0 at the end, -1 on failure
     */
    long recv(int socket, long address, long lengthBytes, int flags);
  }

  /** A channel's file descriptor; good only while the channel is open. */
  static int descriptorOf(SocketChannel channel) {
    try {
      return Jvm.getValue(channel, "fdVal");
    } catch (RuntimeException | LinkageError e) {
      return NO_DESCRIPTOR;
    }
  }

  /**
   * Receives into a direct buffer, and moves its position.
   *
   * @return bytes received, 0 at the end, or minus the errno
   */
  static int receiveNow(int descriptor, ByteBuffer target) {
    long address = OS.memory().address(target) + target.position();
    long count = LIB_C.recv(descriptor, address, target.remaining(), MSG_DONTWAIT);
    if (count < 0) {
      return -RUNTIME.getLastError();
    }
    target.position(target.position() + (int) count);
    return (int) count;
  }
}
