// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * The system calls that the JDK lacks, with errors as {@link IOException}s. Stateless; any thread.
 */
final class HostCalls {
  /** What {@link #seekData} answers when only a hole is left. */
  static final long NO_MORE_DATA = -1;

  private static final int SEEK_SET = 0;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long FICLONE = 0x40049409L;
  private static final int PRIVATE_MODE = 0600;

  private static final POSIX POSIX = POSIXFactory.getNativePOSIX();
  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");

  /** The C library's call; its parameter names are the kernel's. */
  public interface LibC {
    /**
     * Copies between two files inside the kernel, sharing blocks where the file system can.
     *
     * @param from file descriptor to read
     * @param fromOffset null for the descriptor's own position
     * @param to file descriptor to write
     * @param toOffset null for the descriptor's own position
     * @param lengthBytes how much at the most
     * @param flags 0
     * @return bytes copied, 0 at the end, -1 on failure
     */
    long copy_file_range(
        int from, Pointer fromOffset, int to, Pointer toOffset, long lengthBytes, int flags);

    /**
     * Here only for requests that take a descriptor.
     *
     * @param file file descriptor
     * @param request what
     * @param argument a file descriptor
     * @return 0, or -1 on failure
     */
    int ioctl(int file, long request, long argument);
  }

  private HostCalls() {}

  static int openForReading(Path path) throws IOException {
    int flags = OpenFlags.O_RDONLY.intValue() | OpenFlags.O_CLOEXEC.intValue();
    return (int) check(POSIX.open(path.toString(), flags, 0), "open", path);
  }

  static int createForWriting(Path path) throws IOException {
    int flags =
        OpenFlags.O_RDWR.intValue()
            | OpenFlags.O_CREAT.intValue()
            | OpenFlags.O_EXCL.intValue()
            | OpenFlags.O_CLOEXEC.intValue();
    return (int) check(POSIX.open(path.toString(), flags, PRIVATE_MODE), "create", path);
  }

  static void close(int file) {
    POSIX.close(file);
  }

  static void truncate(int file, long sizeBytes, Path path) throws IOException {
    check(POSIX.ftruncate(file, sizeBytes), "set size of", path);
  }

  /** Finds the next byte that is not in a hole. */
  static long seekData(int file, long offset, Path path) throws IOException {
    long data = POSIX.lseekLong(file, offset, SEEK_DATA);
    if (data < 0 && POSIX.errno() == Errno.ENXIO.intValue()) {
      return NO_MORE_DATA;
    }
    return check(data, "find data in", path);
  }

  /** Finds the next hole; the end of a file counts as one. */
  static long seekHole(int file, long offset, Path path) throws IOException {
    return check(POSIX.lseekLong(file, offset, SEEK_HOLE), "find a hole in", path);
  }

  static void seek(int file, long offset, Path path) throws IOException {
    check(POSIX.lseekLong(file, offset, SEEK_SET), "seek in", path);
  }

  /** Copies from position to position; 0 if this pair of files cannot be copied this way. */
  static long copyRange(int from, int to, long lengthBytes, Path target) throws IOException {
    long copied = LIB_C.copy_file_range(from, null, to, null, lengthBytes, 0);
    if (copied < 0 && isUnsupported(POSIX.errno())) {
      return 0;
    }
    return check(copied, "copy to", target);
  }

  /** Makes an empty file share all blocks of another. */
  static void cloneFile(int from, int to, Path target) throws IOException {
    check(LIB_C.ioctl(to, FICLONE, from), "share blocks with", target);
  }

  private static boolean isUnsupported(int errno) {
    return switch (Errno.valueOf(errno)) {
      case EXDEV, EINVAL, ENOSYS, EOPNOTSUPP -> true;
      default -> false;
    };
  }

  private static long check(long result, String what, Path path) throws IOException {
    if (result < 0) {
      Errno errno = Errno.valueOf(POSIX.errno());
      throw new IOException("cannot " + what + " " + path + ": " + errno.description());
    }
    return result;
  }
}
