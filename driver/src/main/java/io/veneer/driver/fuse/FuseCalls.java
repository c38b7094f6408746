// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import java.util.Objects;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The system calls that serving a FUSE file takes. Each answers the call's own result, or minus the
 * errno; none throws. Addresses are plain numbers: who passes one keeps its memory alive. Any
 * thread may call. As everywhere, no method of {@link LibC} may have exactly six whole-number
 * parameters (jnr/jnr-ffi issue 181).
 */
final class FuseCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int MS_RDONLY = 1;
  private static final int MS_NOSUID = 2;
  private static final int MS_NODEV = 4;
  private static final int MS_NOEXEC = 8;
  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;
  private static final int PR_SET_IO_FLUSHER = 57;

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int open(String path, int flags);

    int close(int descriptor);

    int fcntl(int descriptor, int command, long argument);

    long read(int descriptor, long address, long length);

    long write(int descriptor, long address, long length);

    long writev(int descriptor, long vector, int count);

    int mount(String source, String target, String type, long flags, String options);

    int umount2(String target, int flags);

    int mlock(long address, long length);

    int munlock(long address, long length);

    int prctl(int option, long second, long third, long fourth, long fifth);
  }

  private static final int F_DUPFD_CLOEXEC = 1030;

  /** More than a process of ours has otherwise; tried in this order, as limits differ. */
  private static final int[] LAST_DESCRIPTORS = {1 << 14, 768};

  private FuseCalls() {}

  /**
   * A new connection to the kernel, closed when this process runs another program, and before
   * everything else when it is killed: the kernel closes what has the highest number first. Were a
   * loop device on our file closed first, that could wait for somebody's {@code sync}, which waits
   * for our answer, which does not fail before the connection is closed: a process that never ends.
   */
  static int openDevice(String path) {
    int opened = (int) orErrno(LIBC.open(path, O_RDWR | O_CLOEXEC));
    if (opened >= 0) {
      for (int least : LAST_DESCRIPTORS) {
        int moved = LIBC.fcntl(opened, F_DUPFD_CLOEXEC, least);
        if (moved >= 0) {
          LIBC.close(opened);
          return moved;
        }
      }
    }
    return opened;
  }

  static void close(int descriptor) {
    LIBC.close(descriptor);
  }

  static long read(int descriptor, long address, long length) {
    return orErrno(LIBC.read(descriptor, address, length));
  }

  static long write(int descriptor, long address, long length) {
    return orErrno(LIBC.write(descriptor, address, length));
  }

  static int mount(String source, String target, String options, boolean readOnly) {
    Objects.requireNonNull(target);
    long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | (readOnly ? MS_RDONLY : 0);
    return (int) orErrno(LIBC.mount(source, target, "fuse.veneer", flags, options));
  }

  /** Unmounts, if nobody has the file open. */
  static int unmount(String target) {
    return (int) orErrno(LIBC.umount2(target, 0));
  }

  /** Takes the file away from everybody: what they ask for fails from now on. */
  static int abortAndDetach(String target) {
    return (int) orErrno(LIBC.umount2(target, MNT_FORCE | MNT_DETACH));
  }

  /** The same, but where somebody has the file open, the dead mount stays where it is. */
  static int abort(String target) {
    return (int) orErrno(LIBC.umount2(target, MNT_FORCE));
  }

  /**
   * Tells the kernel that writing back dirty memory may depend on the calling thread, so that it is
   * not made to wait for that when it takes memory itself or dirties some.
   */
  static int becomeFlusher() {
    return (int) orErrno(LIBC.prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0));
  }

  /** Takes memory for all these addresses, and keeps it from being swapped out. */
  static int holdMemory(long address, long length) {
    return (int) orErrno(LIBC.mlock(address, length));
  }

  static void releaseMemory(long address, long length) {
    LIBC.munlock(address, length);
  }

  /** A negative result in words. */
  static String describe(long result) {
    return Errno.valueOf(-result).description();
  }

  private static long orErrno(long result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }
}
