// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The system calls on block devices. Each answers the call's own result, or minus the errno; none
 * throws. Any thread may call. As everywhere, no method of {@link LibC} may have exactly six
 * whole-number parameters (jnr/jnr-ffi issue 181).
 */
final class DeviceCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  private static final int SYNC_FILE_RANGE_WAIT_BEFORE = 1;
  static final int EBUSY = Errno.EBUSY.intValue();
  static final int EEXIST = Errno.EEXIST.intValue();
  static final int ENXIO = Errno.ENXIO.intValue();
  static final int EPERM = Errno.EPERM.intValue();
  static final int EACCES = Errno.EACCES.intValue();
  static final int ENOENT = Errno.ENOENT.intValue();
  static final int EINVAL = Errno.EINVAL.intValue();

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_EXCL = 0200;

  /** Only to know which file it is: nothing is opened, and no lock is let go of at the end. */
  static final int O_PATH = 010000000;

  /** Answers the unit in which a block device is addressed, as an int. */
  static final int BLKSSZGET = 0x1268;

  private static final int O_CLOEXEC = 02000000;
  private static final int MNT_FORCE = 1;
  private static final int MNT_DETACH = 2;

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int open(String path, int flags);

    int close(int descriptor);

    int fsync(int descriptor);

    int syncfs(int descriptor);

    int sync_file_range(int descriptor, long offset, long length, int flags);

    int ioctl(int descriptor, long request, long argument);

    int ioctl(int descriptor, long request, byte[] argument);

    int umount2(String target, int flags);
  }

  private DeviceCalls() {}

  static int open(String path, int flags) {
    return (int) orErrno(LIBC.open(path, flags | O_CLOEXEC));
  }

  static void close(int descriptor) {
    LIBC.close(descriptor);
  }

  static int force(int descriptor) {
    return (int) orErrno(LIBC.fsync(descriptor));
  }

  /**
   * Waits for what is being written back already; an error if that, or what was written back since
   * the last time this was asked for, has failed.
   */
  static int awaitWrittenBack(int descriptor) {
    return (int) orErrno(LIBC.sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE));
  }

  /** Writes back all that a file system holds in memory. */
  static int forceFileSystem(int descriptor) {
    return (int) orErrno(LIBC.syncfs(descriptor));
  }

  static int control(int descriptor, int request) {
    return control(descriptor, request, 0L);
  }

  static int control(int descriptor, int request, long argument) {
    return (int) orErrno(LIBC.ioctl(descriptor, request, argument));
  }

  static int control(int descriptor, int request, byte[] argument) {
    return (int) orErrno(LIBC.ioctl(descriptor, request, argument));
  }

  /** Takes a mount out of sight at once, and away when nobody uses it any more. */
  static int unmountLazily(String target) {
    return (int) orErrno(LIBC.umount2(target, MNT_DETACH));
  }

  /** Has all fail that waits for a FUSE file; takes it away too if nobody has it open. */
  static int abort(String target) {
    return (int) orErrno(LIBC.umount2(target, MNT_FORCE));
  }

  /** A negative result in words. */
  static String describe(int result) {
    return Errno.valueOf(-result).description();
  }

  private static long orErrno(long result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }
}
