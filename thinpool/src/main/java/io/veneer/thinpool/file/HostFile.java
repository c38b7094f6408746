// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.OS;

/**
 * One open file of the host: its length, its room on the disk, positional writes and forces. Every
 * failure becomes an exception of the pool.
 *
 * <p>Nothing here goes through {@link FileChannel}'s own input and output, since the interrupt of a
 * thread inside would close the file under all others. The descriptor is the one that Java opened.
 * Any thread may call any method; {@link #close} only when no other call is running.
 */
final class HostFile implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile access;
  private final int descriptor;

  private HostFile(Path path, RandomAccessFile access, int descriptor) {
    this.path = path;
    this.access = access;
    this.descriptor = descriptor;
  }

  /** Opens an existing file. */
  static HostFile open(Path path, boolean readOnly) {
    // First, so that the switch in LinuxCalls comes before the jnr classes that Chronicle loads.
    LinuxCalls.load();
    try {
      RandomAccessFile access = new RandomAccessFile(path.toFile(), readOnly ? "r" : "rw");
      try {
        int descriptor = Jvm.getValue(access.getFD(), "fd");
        return new HostFile(path, access, descriptor);
      } catch (IOException | RuntimeException e) {
        access.close();
        throw e;
      }
    } catch (FileNotFoundException e) {
      throw new PoolException(
          PoolException.Severity.REQUEST, "cannot open a file of the pool: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new PoolIoException("cannot open a file of the pool: file=" + path, e);
    }
  }

  Path path() {
    return path;
  }

  /** Whether the file that is open is the one at its path still. */
  boolean isAtItsPath() {
    try {
      Path open = Path.of("/proc/self/fd/" + descriptor);
      return Files.getAttribute(path, "unix:ino").equals(Files.getAttribute(open, "unix:ino"));
    } catch (IOException e) {
      return false;
    }
  }

  /** For mapping only. */
  FileChannel channel() {
    return access.getChannel();
  }

  long lengthBytes() {
    try {
      return access.length();
    } catch (IOException e) {
      throw new PoolIoException("cannot read the length of a file: file=" + path, e);
    }
  }

  /** Cuts the file or lengthens it with a hole. */
  void setLength(long lengthBytes) {
    try {
      access.setLength(lengthBytes);
    } catch (IOException e) {
      throw new PoolIoException(
          "cannot set the length of a file: file=" + path + " lengthBytes=" + lengthBytes, e);
    }
  }

  long heldBytes() {
    return check(LinuxCalls.heldBytes(descriptor), "stat");
  }

  FileSystemKind fileSystem() {
    return FileSystemKind.of(check(LinuxCalls.fileSystemType(descriptor), "statfs"));
  }

  /** Reads into memory; false if the file ended before, and then the rest is zeroes. */
  boolean read(long offset, long address, long length) {
    long done = 0;
    while (done < length) {
      long result = LinuxCalls.read(descriptor, address + done, length - done, offset + done);
      if (check(result, "read") == 0) {
        OS.memory().setMemory(address + done, length - done, (byte) 0);
        return false;
      }
      done += result;
    }
    return true;
  }

  /** Writes all of it, however many calls it takes. */
  void write(long address, long length, long offset) {
    long done = 0;
    while (done < length) {
      long result = LinuxCalls.write(descriptor, address + done, length - done, offset + done);
      done += checkProgress(result);
    }
  }

  /** Writes all of it, however many calls it takes; the vector is used up. */
  void write(IoVector vector, long offset) {
    long done = 0;
    while (vector.count() > 0) {
      long result =
          LinuxCalls.writeVector(descriptor, vector.address(), vector.count(), offset + done);
      vector.drop(checkProgress(result));
      done += result;
    }
  }

  /**
   * Takes room for a range and keeps what is in it; lengthens the file where it ends before.
   *
   * @return false where the file system has no such call
   */
  boolean allocate(long offset, long length) {
    return changeRoom(0, offset, length, "allocate");
  }

  /** Makes a range zeroes that have room; false where the file system has no such call. */
  boolean allocateZeroes(long offset, long length) {
    return changeRoom(LinuxCalls.FALLOC_ZERO_RANGE, offset, length, "zero");
  }

  /** Makes a range a hole; false where the file system has no such call. */
  boolean punch(long offset, long length) {
    int mode = LinuxCalls.FALLOC_PUNCH_HOLE | LinuxCalls.FALLOC_KEEP_SIZE;
    return changeRoom(mode, offset, length, "punch");
  }

  private boolean changeRoom(int mode, long offset, long length, String action) {
    long result = LinuxCalls.allocate(descriptor, mode, offset, length);
    if (HostError.isUnsupported(result)) {
      return false;
    }
    check(result, action);
    return true;
  }

  /** The first hole at or behind an offset, or the file's end. */
  long nextHole(long offset) {
    return check(LinuxCalls.nextHole(descriptor, offset), "seek");
  }

  /** Reads and changes the flags of {@code chattr}; false where there are none. */
  boolean addFlags(int flags) {
    int[] value = {0};
    if (LinuxCalls.control(descriptor, FileSystemKind.GET_FLAGS, value) < 0) {
      return false;
    }
    value[0] |= flags;
    return LinuxCalls.control(descriptor, FileSystemKind.SET_FLAGS, value) == 0;
  }

  boolean hasFlags(int flags) {
    int[] value = {0};
    return LinuxCalls.control(descriptor, FileSystemKind.GET_FLAGS, value) == 0
        && (value[0] & flags) == flags;
  }

  /** Makes everything durable that was written to the file, by whichever way. */
  void force() {
    check(LinuxCalls.force(descriptor), "force");
  }

  /** The same for the pages behind a part of a mapping. */
  void forceMapped(long address, long length) {
    check(LinuxCalls.forceMapped(address, length), "force");
  }

  /**
   * Locks the file until it is closed. The lock belongs to this opening, so that it also keeps out
   * others of this process, and closing another opening of the same file does not lose it (both
   * wrong for the locks that {@link FileChannel} takes).
   *
   * @return false if somebody else holds a lock against it
   */
  boolean tryLock(boolean exclusive) {
    long result = LinuxCalls.tryLock(descriptor, exclusive);
    if (result == -Errno.EWOULDBLOCK.longValue()) {
      return false;
    }
    check(result, "lock");
    return true;
  }

  private long checkProgress(long result) {
    if (result == 0) {
      throw new PoolIoException("host took no byte of a write: file=" + path);
    }
    return check(result, "write");
  }

  private long check(long result, String action) {
    if (result < 0) {
      throw HostError.of(-result, action, path);
    }
    return result;
  }

  @Override
  public void close() {
    try {
      access.close();
    } catch (IOException e) {
      throw new PoolIoException("cannot close a file: file=" + path, e);
    }
  }
}
