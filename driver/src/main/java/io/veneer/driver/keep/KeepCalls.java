// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The system calls of handing open files from process to process. Each answers the call's own
 * result, or minus the errno; none throws. Any thread may call. As everywhere, no method of {@link
 * LibC} may have exactly six whole-number parameters (jnr/jnr-ffi issue 181).
 */
final class KeepCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  static final int O_PATH = 010000000;
  private static final int O_CLOEXEC = 02000000;
  private static final int AF_UNIX = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = O_CLOEXEC;
  private static final int MFD_CLOEXEC = 1;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;

  /** struct ucred: process, user, group. */
  private static final int CREDENTIALS_BYTES = 3 * Integer.BYTES;

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int open(String path, int flags);

    int close(int descriptor);

    int dup(int descriptor);

    int fcntl(int descriptor, int command, long argument);

    int socket(int domain, int type, int protocol);

    int bind(int descriptor, byte[] address, int length);

    int connect(int descriptor, byte[] address, int length);

    int listen(int descriptor, int backlog);

    int setsockopt(int descriptor, int level, int name, byte[] value, int length);

    int getsockopt(int descriptor, int level, int name, byte[] value, int[] length);

    int accept4(int descriptor, byte[] address, int[] length, int flags);

    int memfd_create(String name, int flags);

    int umount2(String target, int flags);

    int setsid();
  }

  private KeepCalls() {}

  static int open(String path, int flags) {
    return orErrno(LIBC.open(path, flags | O_CLOEXEC));
  }

  static void close(int descriptor) {
    LIBC.close(descriptor);
  }

  /** A second descriptor of an open file with a number of at least so much. */
  static int duplicate(int descriptor, int least) {
    return orErrno(LIBC.fcntl(descriptor, F_DUPFD_CLOEXEC, least));
  }

  /** A unix socket that keeps messages apart. */
  static int socket() {
    return orErrno(LIBC.socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  }

  static int bind(int socket, byte[] address) {
    return orErrno(LIBC.bind(socket, address, address.length));
  }

  static int connect(int socket, byte[] address) {
    return orErrno(LIBC.connect(socket, address, address.length));
  }

  static int listen(int socket, int backlog) {
    return orErrno(LIBC.listen(socket, backlog));
  }

  static int accept(int socket) {
    return orErrno(LIBC.accept4(socket, null, null, SOCK_CLOEXEC));
  }

  /** Has each sending, and connecting, fail with EAGAIN after so long. */
  static int limitSending(int socket, int seconds) {
    return setTime(socket, SO_SNDTIMEO, seconds);
  }

  /** Has each receiving fail with EAGAIN after so long. */
  static int limitReceiving(int socket, int seconds) {
    return setTime(socket, SO_RCVTIMEO, seconds);
  }

  private static int setTime(int socket, int name, int seconds) {
    byte[] time = new byte[2 * Long.BYTES]; // struct timeval: seconds, microseconds
    ByteBuffer.wrap(time).order(ByteOrder.nativeOrder()).putLong(seconds);
    return orErrno(LIBC.setsockopt(socket, SOL_SOCKET, name, time, time.length));
  }

  /** The process that this socket is connected to, as its number is seen here; 0 if it is not. */
  static int peer(int socket) {
    byte[] credentials = new byte[CREDENTIALS_BYTES];
    int[] length = {credentials.length};
    int result = orErrno(LIBC.getsockopt(socket, SOL_SOCKET, SO_PEERCRED, credentials, length));
    return result < 0
        ? result
        : ByteBuffer.wrap(credentials).order(ByteOrder.nativeOrder()).getInt();
  }

  /** Memory that is there for as long as somebody has it open or mapped. */
  static int memory(String name) {
    return orErrno(LIBC.memfd_create(name, MFD_CLOEXEC));
  }

  /** Has all fail that waits for a FUSE file. */
  static void abort(String mountPoint) {
    LIBC.umount2(mountPoint, MNT_FORCE);
  }

  /** Takes a mount out of sight at once, and away when nobody uses it any more. */
  static int unmountLazily(String mountPoint) {
    return orErrno(LIBC.umount2(mountPoint, MNT_DETACH));
  }

  /** Leaves the terminal's group of processes, so that its Ctrl-C does not reach this one. */
  static void leaveTerminal() {
    LIBC.setsid();
  }

  /** A negative result in words. */
  static String describe(int result) {
    return Errno.valueOf(-result).description();
  }

  private static int orErrno(int result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }
}
