// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.nio.ByteBuffer;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;

/**
 * The Linux calls that name a file by an open folder and one name in it, which Java has no form of
 * for links, devices, owners and attributes. Each answers the call's own result, or minus the
 * errno; none throws. Paths are bytes with a zero behind. Stateless; any thread.
 */
final class FolderCalls {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 02;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_NONBLOCK = 04000;
  static final int O_DIRECTORY = 0200000;
  static final int O_NOFOLLOW = 0400000;
  static final int O_CLOEXEC = 02000000;
  static final int O_PATH = 010000000;

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int STATX_BASIC_STATS = 0x7ff;

  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  private FolderCalls() {}

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int openat(int folder, @In byte[] path, int flags, int mode);

    int close(int descriptor);

    int statx(int folder, @In byte[] path, int flags, int mask, @Out byte[] result);

    long readlinkat(int folder, @In byte[] path, @Out byte[] result, @size_t long length);

    int mkdirat(int folder, @In byte[] path, int mode);

    int symlinkat(@In byte[] target, int folder, @In byte[] path);

    int linkat(int fromFolder, @In byte[] from, int folder, @In byte[] path, int flags);

    int mknodat(int folder, @In byte[] path, int mode, long device);

    int unlinkat(int folder, @In byte[] path, int flags);

    int fchownat(int folder, @In byte[] path, int owner, int group, int flags);

    int chmod(@In byte[] path, int mode);

    int utimensat(int folder, @In byte[] path, @In byte[] times, int flags);

    long getdents64(int folder, @Out byte[] result, @size_t long length);

    long llistxattr(@In byte[] path, @Out byte[] result, @size_t long length);

    long lgetxattr(@In byte[] path, @In byte[] name, @Out byte[] result, @size_t long length);

    int lsetxattr(
        @In byte[] path, @In byte[] name, @In byte[] value, @size_t long length, int flags);

    int lremovexattr(@In byte[] path, @In byte[] name);

    long pread(int descriptor, @Out ByteBuffer target, @size_t long length, long offset);

    long pwrite(int descriptor, @In ByteBuffer source, @size_t long length, long offset);

    int ftruncate(int descriptor, long length);

    int syncfs(int descriptor);

    int geteuid();
  }

  static LibC libC() {
    return LIB_C;
  }

  /** A call's result, or minus the errno if it failed. */
  static int orErrno(int result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }

  /** A call's result, or minus the errno if it failed. */
  static long orErrno(long result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }

  static boolean is(long result, Errno errno) {
    return result == -errno.intValue();
  }
}
