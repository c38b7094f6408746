// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.util.Objects;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The Linux calls that Java has no form of, or only one that a thread's interrupt would turn into a
 * closed file. Each answers the call's own result, or minus the errno; none throws. A call that a
 * signal cut short is made again.
 *
 * <p>Addresses are plain numbers: who passes one keeps its memory alive. Any thread may call.
 *
 * <p>No method of {@link LibC} may have exactly six parameters that are all whole numbers: the
 * machine code that jnr-ffi writes for such a method on x86-64 passes a wrong sixth (jnr/jnr-ffi
 * issue 181). That code is also switched off here, before the first jnr class is loaded, because
 * the pool's callers may declare such methods.
 */
final class LinuxCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  static final int FALLOC_KEEP_SIZE = 0x01;
  static final int FALLOC_PUNCH_HOLE = 0x02;
  static final int FALLOC_ZERO_RANGE = 0x10;

  static final int EINTR = 4;

  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int MS_SYNC = 4;
  private static final int SEEK_HOLE = 4;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BLOCKS = 0x400;

  private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  private LinuxCalls() {}

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    long pread(int descriptor, long address, long length, long offset);

    long pwrite(int descriptor, long address, long length, long offset);

    long pwritev(int descriptor, long vector, int count, long offset);

    int fallocate(int descriptor, int mode, long offset, long length);

    int fdatasync(int descriptor);

    int msync(long address, long length, int flags);

    long lseek(int descriptor, long offset, int whence);

    int statx(int descriptor, byte[] path, int flags, int mask, byte[] result);

    int fstatfs(int descriptor, byte[] result);

    int flock(int descriptor, int operation);

    int ioctl(int descriptor, long request, int[] argument);
  }

  /** Loads the library, unless it is. */
  static void load() {
    Objects.requireNonNull(LIBC);
  }

  static long read(int descriptor, long address, long length, long offset) {
    long result;
    do {
      result = orErrno(LIBC.pread(descriptor, address, length, offset));
    } while (result == -EINTR);
    return result;
  }

  static long write(int descriptor, long address, long length, long offset) {
    long result;
    do {
      result = orErrno(LIBC.pwrite(descriptor, address, length, offset));
    } while (result == -EINTR);
    return result;
  }

  static long writeVector(int descriptor, long vector, int count, long offset) {
    long result;
    do {
      result = orErrno(LIBC.pwritev(descriptor, vector, count, offset));
    } while (result == -EINTR);
    return result;
  }

  static long allocate(int descriptor, int mode, long offset, long length) {
    long result;
    do {
      result = orErrno(LIBC.fallocate(descriptor, mode, offset, length));
    } while (result == -EINTR);
    return result;
  }

  static long force(int descriptor) {
    long result;
    do {
      result = orErrno(LIBC.fdatasync(descriptor));
    } while (result == -EINTR);
    return result;
  }

  /** Forces the file pages behind a page-aligned range of a shared mapping. */
  static long forceMapped(long address, long length) {
    long result;
    do {
      result = orErrno(LIBC.msync(address, length, MS_SYNC));
    } while (result == -EINTR);
    return result;
  }

  /** The first hole at or behind an offset; the end of the file counts as one. */
  static long nextHole(int descriptor, long offset) {
    return orErrno(LIBC.lseek(descriptor, offset, SEEK_HOLE));
  }

  /** What the host holds for a file, in bytes. */
  static long heldBytes(int descriptor) {
    byte[] status = new byte[StatxFormat.LENGTH];
    byte[] noPath = {0};
    long result = orErrno(LIBC.statx(descriptor, noPath, AT_EMPTY_PATH, STATX_BLOCKS, status));
    return result < 0 ? result : StatxFormat.heldBytes(status);
  }

  /** The magic number of the file system that a file is on. */
  static long fileSystemType(int descriptor) {
    byte[] status = new byte[StatxFormat.STATFS_LENGTH];
    long result = orErrno(LIBC.fstatfs(descriptor, status));
    return result < 0 ? result : StatxFormat.fileSystemType(status);
  }

  /** Locks an open file, or answers at once that somebody else has. */
  static long tryLock(int descriptor, boolean exclusive) {
    return orErrno(LIBC.flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB));
  }

  /** An {@code ioctl} that reads or changes one number. */
  static long control(int descriptor, long request, int[] argument) {
    return orErrno(LIBC.ioctl(descriptor, request, argument));
  }

  private static long orErrno(long result) {
    return result == -1 ? -RUNTIME.getLastError() : result;
  }
}
