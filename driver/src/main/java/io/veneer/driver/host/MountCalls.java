// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The kernel's calls for mounting: the old one with a page of options, and the new ones that take
 * one option at a time (fsopen(2) and the pages beside it). Stateless; any thread.
 */
final class MountCalls {
  static {
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
  }

  static final long MS_RDONLY = 1;
  static final long MS_NOSUID = 2;
  static final long MS_NODEV = 4;
  static final long MS_NOEXEC = 8;
  static final long MS_REMOUNT = 32;
  static final long MS_NOATIME = 1024;
  static final long MS_BIND = 4096;
  static final long MS_REC = 16384;

  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int AT_FDCWD = -100;
  private static final int O_PLAIN = 02000000; // O_RDONLY, O_CLOEXEC
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int MOUNT_ATTR_RDONLY = 1;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int CREATE = 6;
  private static final int MESSAGE_BYTES_MAX = 1024;

  private static final LibC LIB_C = LibraryLoader.create(LibC.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(LIB_C);

  /** What is called, with C's names; public because jnr implements it from another class loader. */
  public interface LibC {
    int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

    int umount2(byte[] target, int flags);

    int fsopen(byte[] type, int flags);

    int fsconfig(int context, int command, byte[] key, byte[] value, int extra);

    int fsmount(int context, int flags, int attributes);

    int move_mount(int from, byte[] fromPath, int to, byte[] toPath, int flags);

    long read(int file, byte[] buffer, long lengthBytes);

    int open(byte[] path, int flags);

    int syncfs(int file);

    int close(int file);
  }

  private MountCalls() {}

  static void mount(String source, Path target, String type, long flags, String data)
      throws IOException {
    int failed = LIB_C.mount(text(source), NodeCalls.bytes(target), text(type), flags, text(data));
    if (failed < 0) {
      throw failure(target, "cannot mount " + type + " " + source, "");
    }
  }

  static void unmount(Path target) throws IOException {
    if (LIB_C.umount2(NodeCalls.bytes(target), MNT_DETACH | UMOUNT_NOFOLLOW) < 0) {
      throw failure(target, "cannot unmount", "");
    }
  }

  static void writeBack(Path target) throws IOException {
    int folder = LIB_C.open(NodeCalls.bytes(target), O_PLAIN);
    if (folder < 0) {
      throw failure(target, "cannot open", "");
    }
    try {
      if (LIB_C.syncfs(folder) < 0) {
        throw failure(target, "cannot write back", "");
      }
    } finally {
      LIB_C.close(folder);
    }
  }

  /** Opens a kind of file system that will be mounted; the caller closes the context. */
  static int openContext(String type, Path target) throws IOException {
    int context = LIB_C.fsopen(text(type), FSOPEN_CLOEXEC);
    if (context < 0) {
      throw failure(target, "cannot mount " + type, "");
    }
    return context;
  }

  static void setOption(int context, String key, String value, Path target) throws IOException {
    check(
        LIB_C.fsconfig(context, SET_STRING, text(key), text(value), 0),
        context,
        target,
        "mount option is refused: " + key + "=" + value);
  }

  static void setFlag(int context, String key, Path target) throws IOException {
    check(
        LIB_C.fsconfig(context, SET_FLAG, text(key), null, 0),
        context,
        target,
        "mount option is refused: " + key);
  }

  /** Makes the file system of a context and puts it on a folder. */
  static void attach(int context, boolean readOnly, Path target) throws IOException {
    check(LIB_C.fsconfig(context, CREATE, null, null, 0), context, target, "cannot mount");
    int mount = LIB_C.fsmount(context, FSMOUNT_CLOEXEC, readOnly ? MOUNT_ATTR_RDONLY : 0);
    check(mount, context, target, "cannot mount");
    try {
      byte[] place = NodeCalls.bytes(target);
      check(
          LIB_C.move_mount(mount, text(""), AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH),
          context,
          target,
          "cannot put the mount in its place");
    } finally {
      close(mount);
    }
  }

  static void close(int file) {
    LIB_C.close(file);
  }

  private static void check(int result, int context, Path target, String what) throws IOException {
    if (result < 0) {
      // The errno first: reading the kernel's own words changes it.
      Errno errno = Errno.valueOf(LastError.getLastError(RUNTIME));
      throw failure(errno, target, what, messages(context));
    }
  }

  /** What the kernel says of a context: lines that begin with e, w or i and a blank. */
  private static String messages(int context) {
    StringBuilder messages = new StringBuilder();
    byte[] message = new byte[MESSAGE_BYTES_MAX];
    long length = LIB_C.read(context, message, message.length);
    while (length > 0) {
      messages.append(new String(message, 0, (int) length, StandardCharsets.UTF_8));
      length = LIB_C.read(context, message, message.length);
    }
    return messages.toString().lines().map(String::strip).collect(Collectors.joining("; "));
  }

  private static IOException failure(Path target, String what, String messages) {
    return failure(Errno.valueOf(LastError.getLastError(RUNTIME)), target, what, messages);
  }

  private static IOException failure(Errno errno, Path target, String what, String messages) {
    String reason =
        what + ": " + errno.description() + (messages.isEmpty() ? "" : " (" + messages + ")");
    return errno == Errno.EPERM || errno == Errno.EACCES
        ? new AccessDeniedException(target.toString(), null, reason)
        : new FileSystemException(target.toString(), null, reason);
  }

  private static byte[] text(String text) {
    return (text + '\0').getBytes(StandardCharsets.UTF_8);
  }
}
