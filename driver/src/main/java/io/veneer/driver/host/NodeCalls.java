// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * Calls on the names of files that the JDK lacks or has only for what a link leads to: devices,
 * owners, times and extended attributes of any namespace. None follows a link in the last place of
 * a path. Stateless; any thread.
 */
final class NodeCalls {
  static {
    // See LinuxCalls of the pool: jnr's own machine code passes a wrong sixth parameter.
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int RENAME_EXCHANGE = 2;
  private static final int ATTRIBUTE_BYTES_USUAL = 256;
  private static final int ATTRIBUTE_BYTES_MAX = 64 << 10;
  private static final int LINK_BYTES_MAX = 4096;
  private static final byte[] NOTHING = new byte[0];
  private static final int TIMESPEC_LENGTH = 2 * Long.BYTES;

  /** Names of bytes that are no text in the encoding of names. */
  private static final char UNREADABLE = '\uFFFD';

  private static final Charset NAME_ENCODING =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int statx(int folder, byte[] path, int flags, int mask, byte[] result);

    int mknodat(int folder, byte[] path, int mode, long device);

    int symlinkat(byte[] target, int folder, byte[] path);

    long readlinkat(int folder, byte[] path, byte[] target, long length);

    int lchown(byte[] path, int owner, int group);

    int utimensat(int folder, byte[] path, byte[] times, int flags);

    int renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, int flags);

    long llistxattr(byte[] path, byte[] names, long length);

    long lgetxattr(byte[] path, byte[] name, byte[] value, long length);

    int lsetxattr(byte[] path, byte[] name, byte[] value, long length, int flags);

    int lremovexattr(byte[] path, byte[] name);

    int truncate(byte[] path, long length);

    int geteuid();
  }

  private NodeCalls() {}

  static boolean isRoot() {
    return LIB_C.geteuid() == 0;
  }

  /** Looks a file up; answers whether there is one. */
  static boolean statx(Path path, byte[] result) throws IOException {
    int failed = LIB_C.statx(AT_FDCWD, bytes(path), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, result);
    if (failed < 0 && isMissing(lastErrno())) {
      return false;
    }
    check(failed, "look up", path);
    return true;
  }

  static void makeNode(Path path, int mode, long deviceNumber) throws IOException {
    check(LIB_C.mknodat(AT_FDCWD, bytes(path), mode, deviceNumber), "make", path);
  }

  static void setSize(Path path, long sizeBytes) throws IOException {
    check(LIB_C.truncate(bytes(path), sizeBytes), "set size of", path);
  }

  static void makeLink(Path path, byte[] target) throws IOException {
    byte[] terminated = Arrays.copyOf(target, target.length + 1);
    check(LIB_C.symlinkat(terminated, AT_FDCWD, bytes(path)), "make", path);
  }

  static byte[] readLink(Path path) throws IOException {
    byte[] target = new byte[LINK_BYTES_MAX];
    long length = LIB_C.readlinkat(AT_FDCWD, bytes(path), target, target.length);
    return Arrays.copyOf(target, (int) check(length, "read", path));
  }

  static void setOwner(Path path, int owner, int group) throws IOException {
    check(LIB_C.lchown(bytes(path), owner, group), "set owner of", path);
  }

  static void setTimes(Path path, Instant accessed, Instant modified) throws IOException {
    ByteBuffer times = ByteBuffer.allocate(2 * TIMESPEC_LENGTH).order(ByteOrder.nativeOrder());
    times.putLong(accessed.getEpochSecond()).putLong(accessed.getNano());
    times.putLong(modified.getEpochSecond()).putLong(modified.getNano());
    check(
        LIB_C.utimensat(AT_FDCWD, bytes(path), times.array(), AT_SYMLINK_NOFOLLOW),
        "set times of",
        path);
  }

  static void rename(Path from, Path to) throws IOException {
    int failed = LIB_C.renameat2(AT_FDCWD, bytes(from), AT_FDCWD, bytes(to), 0);
    if (failed < 0) {
      Errno errno = lastErrno();
      throw switch (errno) {
        case ENOTEMPTY -> new DirectoryNotEmptyException(to.toString());
        case EXDEV ->
            new AtomicMoveNotSupportedException(
                from.toString(), to.toString(), errno.description());
        default -> failure(errno, "rename", from);
      };
    }
  }

  /** Gives each of two files the other's name, in one step. */
  static void exchange(Path one, Path other) throws IOException {
    check(
        LIB_C.renameat2(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE),
        "exchange",
        one);
  }

  /** Names of attributes, each with a zero behind; empty where the file system has none. */
  static byte[] attributeNames(Path path) throws IOException {
    byte[] file = bytes(path);
    while (true) {
      long length = LIB_C.llistxattr(file, NOTHING, 0);
      if (length == 0 || length < 0 && lastErrno() == Errno.EOPNOTSUPP) {
        return NOTHING;
      }
      byte[] names = new byte[(int) check(length, "list attributes of", path)];
      length = LIB_C.llistxattr(file, names, names.length);
      // Somebody may have added one in between; then there is more to ask for.
      if (length >= 0 || lastErrno() != Errno.ERANGE) {
        return Arrays.copyOf(names, (int) check(length, "list attributes of", path));
      }
    }
  }

  static Optional<byte[]> attribute(Path path, String name) throws IOException {
    byte[] file = bytes(path);
    byte[] value = new byte[ATTRIBUTE_BYTES_USUAL];
    long length = LIB_C.lgetxattr(file, terminated(name), value, value.length);
    if (length < 0 && lastErrno() == Errno.ERANGE) {
      value = new byte[ATTRIBUTE_BYTES_MAX];
      length = LIB_C.lgetxattr(file, terminated(name), value, value.length);
    }
    if (length < 0) {
      Errno errno = lastErrno();
      // A user's attributes belong to files and folders only: links and devices answer EPERM.
      if (errno == Errno.ENODATA || errno == Errno.EOPNOTSUPP || errno == Errno.EPERM) {
        return Optional.empty();
      }
      throw failure(errno, "read an attribute of", path);
    }
    return Optional.of(Arrays.copyOf(value, (int) length));
  }

  static void setAttribute(Path path, String name, byte[] value) throws IOException {
    check(
        LIB_C.lsetxattr(bytes(path), terminated(name), value, value.length, 0),
        "set attribute " + name + " of",
        path);
  }

  static void removeAttribute(Path path, String name) throws IOException {
    check(
        LIB_C.lremovexattr(bytes(path), terminated(name)),
        "remove attribute " + name + " of",
        path);
  }

  /** A path as the kernel has it, with a zero behind. */
  static byte[] bytes(Path path) {
    String text = path.toString();
    byte[] bytes =
        text.indexOf(UNREADABLE) < 0 ? text.getBytes(NAME_ENCODING) : bytesOf(path.toUri());
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** The JDK keeps a path's bytes and shows them all in its URI, percent signs before them. */
  private static byte[] bytesOf(URI uri) {
    byte[] escaped = uri.getRawPath().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(escaped.length);
    for (int i = 0; i < escaped.length; i++) {
      if (escaped[i] == '%') {
        bytes.put(
            (byte) Integer.parseInt(new String(escaped, i + 1, 2, StandardCharsets.US_ASCII), 16));
        i += 2;
      } else {
        bytes.put(escaped[i]);
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static byte[] terminated(String text) {
    return (text + '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static Errno lastErrno() {
    return Errno.valueOf(LastError.getLastError(RUNTIME));
  }

  private static boolean isMissing(Errno errno) {
    return errno == Errno.ENOENT || errno == Errno.ENOTDIR;
  }

  private static long check(long result, String what, Path path) throws IOException {
    if (result < 0) {
      throw failure(lastErrno(), what, path);
    }
    return result;
  }

  private static FileSystemException failure(Errno errno, String what, Path path) {
    String reason = "cannot " + what + " it: " + errno.description();
    String file = path.toString();
    return switch (errno) {
      case ENOENT, ENOTDIR -> new NoSuchFileException(file, null, reason);
      case EEXIST -> new FileAlreadyExistsException(file, null, reason);
      case EPERM, EACCES -> new AccessDeniedException(file, null, reason);
      default -> new FileSystemException(file, null, reason);
    };
  }
}
