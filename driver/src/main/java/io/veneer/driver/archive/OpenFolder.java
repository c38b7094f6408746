// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static io.veneer.driver.archive.FolderCalls.AT_EMPTY_PATH;
import static io.veneer.driver.archive.FolderCalls.AT_FDCWD;
import static io.veneer.driver.archive.FolderCalls.AT_REMOVEDIR;
import static io.veneer.driver.archive.FolderCalls.AT_SYMLINK_NOFOLLOW;
import static io.veneer.driver.archive.FolderCalls.is;
import static io.veneer.driver.archive.FolderCalls.libC;
import static io.veneer.driver.archive.FolderCalls.orErrno;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * An open folder of the host, and what can be done to the names in it. A name is one component and
 * a link is never followed, so that nothing outside of the folder is reached, whatever others make
 * of the tree meanwhile. One thread; owns the descriptor.
 */
final class OpenFolder implements AutoCloseable {
  private static final int FOLLOWED =
      FolderCalls.O_PATH | FolderCalls.O_DIRECTORY | FolderCalls.O_CLOEXEC;
  private static final int LINK_LENGTH_MAX = 4096;
  private static final String ITSELF = "";

  private final int descriptor;

  private OpenFolder(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Opens a folder that the caller names, following links in its path. */
  static OpenFolder open(Path path) throws HostFailure {
    String name = ByteNames.ofText(path.toString());
    int result = orErrno(libC().openat(AT_FDCWD, ByteNames.terminated(name), FOLLOWED, 0));
    return new OpenFolder((int) check(result, "open folder", name));
  }

  /** Opens a folder in this one; empty if the name is none, or no folder, or a link. */
  Optional<OpenFolder> find(String name) throws HostFailure {
    int result =
        orErrno(
            libC()
                .openat(
                    descriptor, ByteNames.terminated(name), FOLLOWED | FolderCalls.O_NOFOLLOW, 0));
    if (is(result, Errno.ENOENT) || is(result, Errno.ENOTDIR) || is(result, Errno.ELOOP)) {
      return Optional.empty();
    }
    return Optional.of(new OpenFolder((int) check(result, "open folder", name)));
  }

  /** A second descriptor of the same folder. */
  OpenFolder again() throws HostFailure {
    int result = orErrno(libC().openat(descriptor, ByteNames.terminated("."), FOLLOWED, 0));
    return new OpenFolder((int) check(result, "open folder", "."));
  }

  /** Looks a name up; empty if there is none. */
  Optional<FileStatus> status(String name) throws HostFailure {
    byte[] status = new byte[FileStatus.LENGTH];
    int flags = AT_SYMLINK_NOFOLLOW | (name.isEmpty() ? AT_EMPTY_PATH : 0);
    int result =
        orErrno(
            libC()
                .statx(
                    descriptor,
                    ByteNames.terminated(name),
                    flags,
                    FolderCalls.STATX_BASIC_STATS,
                    status));
    if (is(result, Errno.ENOENT)) {
      return Optional.empty();
    }
    check(result, "look up", name);
    return Optional.of(FileStatus.read(status));
  }

  /** Looks up a name that was there; fails like any other call if others took it away. */
  FileStatus present(String name) throws HostFailure {
    return status(name)
        .orElseThrow(() -> new HostFailure("look up", name, -Errno.ENOENT.longValue()));
  }

  /** Looks up the folder itself. */
  FileStatus status() throws HostFailure {
    return present(ITSELF);
  }

  /** Where a link points; empty if the name is none, or no link. */
  Optional<String> readLink(String name) throws HostFailure {
    byte[] target = new byte[LINK_LENGTH_MAX];
    long result =
        orErrno(libC().readlinkat(descriptor, ByteNames.terminated(name), target, target.length));
    if (is(result, Errno.ENOENT) || is(result, Errno.EINVAL)) {
      return Optional.empty();
    }
    return Optional.of(ByteNames.of(target, 0, (int) check(result, "read link", name)));
  }

  void makeFolder(String name, int permissions) throws HostFailure {
    check(
        orErrno(libC().mkdirat(descriptor, ByteNames.terminated(name), permissions)),
        "make folder",
        name);
  }

  void makeLink(String name, String target) throws HostFailure {
    check(
        orErrno(
            libC().symlinkat(ByteNames.terminated(target), descriptor, ByteNames.terminated(name))),
        "make link",
        name);
  }

  /** Gives a file of another folder a second name here; a link gets the name itself. */
  void makeSecondName(String name, OpenFolder other, String otherName) throws HostFailure {
    check(
        orErrno(
            libC()
                .linkat(
                    other.descriptor,
                    ByteNames.terminated(otherName),
                    descriptor,
                    ByteNames.terminated(name),
                    0)),
        "make hard link",
        name);
  }

  /** Makes a device or a pipe. */
  void makeNode(String name, int mode, DeviceNumber device) throws HostFailure {
    check(
        orErrno(libC().mknodat(descriptor, ByteNames.terminated(name), mode, device.packed())),
        "make device",
        name);
  }

  /** Makes a new regular file, open for reading and writing. */
  OpenFile makeFile(String name) throws HostFailure {
    return openFile(
        name, FolderCalls.O_RDWR | FolderCalls.O_CREAT | FolderCalls.O_EXCL, "make file");
  }

  /** Opens a regular file for reading and writing. */
  OpenFile openForWriting(String name) throws HostFailure {
    return openFile(name, FolderCalls.O_RDWR, "open file");
  }

  /** Opens a regular file for reading. */
  OpenFile openForReading(String name) throws HostFailure {
    return openFile(name, FolderCalls.O_RDONLY, "open file");
  }

  private OpenFile openFile(String name, int flags, String what) throws HostFailure {
    int safe = FolderCalls.O_NOFOLLOW | FolderCalls.O_CLOEXEC | FolderCalls.O_NONBLOCK;
    int result = orErrno(libC().openat(descriptor, ByteNames.terminated(name), flags | safe, 0600));
    return new OpenFile((int) check(result, what, name), name);
  }

  /** All names in the folder but . and .., in no order. */
  List<String> names() throws HostFailure {
    int flags = FolderCalls.O_RDONLY | FolderCalls.O_DIRECTORY | FolderCalls.O_CLOEXEC;
    int result = orErrno(libC().openat(descriptor, ByteNames.terminated("."), flags, 0));
    try (FolderNames names = new FolderNames((int) check(result, "list folder", "."))) {
      return names.all();
    }
  }

  /** Removes a name that is no folder. */
  void remove(String name) throws HostFailure {
    check(orErrno(libC().unlinkat(descriptor, ByteNames.terminated(name), 0)), "remove", name);
  }

  /** Removes an empty folder. */
  void removeFolder(String name) throws HostFailure {
    check(
        orErrno(libC().unlinkat(descriptor, ByteNames.terminated(name), AT_REMOVEDIR)),
        "remove folder",
        name);
  }

  void setOwner(String name, long owner, long group) throws HostFailure {
    int flags = AT_SYMLINK_NOFOLLOW | (name.isEmpty() ? AT_EMPTY_PATH : 0);
    check(
        orErrno(
            libC()
                .fchownat(descriptor, ByteNames.terminated(name), (int) owner, (int) group, flags)),
        "set owner of",
        name);
  }

  /** Sets the permissions of a name that is no link. */
  void setPermissions(String name, int permissions) throws HostFailure {
    int flags = FolderCalls.O_PATH | FolderCalls.O_NOFOLLOW | FolderCalls.O_CLOEXEC;
    String one = name.isEmpty() ? "." : name;
    int node = orErrno(libC().openat(descriptor, ByteNames.terminated(one), flags, 0));
    check(node, "open", name);
    try {
      int result = orErrno(libC().chmod(ByteNames.terminated(processPath(node)), permissions));
      check(result, "set mode of", name);
    } finally {
      libC().close(node);
    }
  }

  /** Sets access and change time. */
  void setTime(String name, FileTime time) throws HostFailure {
    String one = name.isEmpty() ? "." : name;
    check(
        orErrno(
            libC()
                .utimensat(
                    descriptor, ByteNames.terminated(one), time.twice(), AT_SYMLINK_NOFOLLOW)),
        "set time of",
        name);
  }

  /** The extended attributes of a name. */
  ExtendedAttributes attributes(String name) {
    return new ExtendedAttributes(processPath(descriptor) + "/" + (name.isEmpty() ? "." : name));
  }

  /** The kernel's own link to an open file; it leads to that file, whatever its path became. */
  private static String processPath(int descriptor) {
    return "/proc/self/fd/" + descriptor;
  }

  @Override
  public void close() {
    libC().close(descriptor);
  }

  private static long check(long result, String what, String name) throws HostFailure {
    if (result < 0) {
      throw new HostFailure(what, name, result);
    }
    return result;
  }
}
