// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static io.veneer.driver.archive.FolderCalls.is;
import static io.veneer.driver.archive.FolderCalls.libC;
import static io.veneer.driver.archive.FolderCalls.orErrno;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * The extended attributes of one file, which is not followed if it is a link. Values are bytes. One
 * thread.
 */
final class ExtendedAttributes {
  /** What nearly all lists and values fit in; the kernel's own limit is the other. */
  private static final int USUAL_BYTES = 1 << 10;

  private static final int BYTES_MAX = 64 << 10;

  private final byte[] path;
  private final String shown;

  ExtendedAttributes(String path) {
    this.path = ByteNames.terminated(path);
    this.shown = path.substring(path.lastIndexOf('/') + 1);
  }

  /** The names, in order; none where the file system has no attributes. */
  List<String> names() throws HostFailure {
    byte[] list = new byte[USUAL_BYTES];
    long result = orErrno(libC().llistxattr(path, list, list.length));
    if (is(result, Errno.ERANGE)) {
      list = new byte[BYTES_MAX];
      result = orErrno(libC().llistxattr(path, list, list.length));
    }
    if (is(result, Errno.EOPNOTSUPP)) {
      return List.of();
    }
    check(result, "list attributes of");
    List<String> names = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < result; i++) {
      if (list[i] == 0) {
        names.add(ByteNames.of(list, begin, i - begin));
        begin = i + 1;
      }
    }
    names.sort(null);
    return names;
  }

  /** A value; empty if there is no such attribute. */
  Optional<byte[]> get(String name) throws HostFailure {
    byte[] attribute = ByteNames.terminated(name);
    byte[] value = new byte[USUAL_BYTES];
    long result = orErrno(libC().lgetxattr(path, attribute, value, value.length));
    if (is(result, Errno.ERANGE)) {
      value = new byte[BYTES_MAX];
      result = orErrno(libC().lgetxattr(path, attribute, value, value.length));
    }
    if (is(result, Errno.ENODATA) || is(result, Errno.EOPNOTSUPP)) {
      return Optional.empty();
    }
    check(result, "read attribute " + ByteNames.text(name) + " of");
    return Optional.of(Arrays.copyOf(value, (int) result));
  }

  void set(String name, byte[] value) throws HostFailure {
    int result =
        orErrno(libC().lsetxattr(path, ByteNames.terminated(name), value, value.length, 0));
    check(result, "set attribute " + ByteNames.text(name) + " of");
  }

  /** Removes an attribute; one that is not there is no failure. */
  void remove(String name) throws HostFailure {
    int result = orErrno(libC().lremovexattr(path, ByteNames.terminated(name)));
    if (!is(result, Errno.ENODATA)) {
      check(result, "remove attribute " + ByteNames.text(name) + " of");
    }
  }

  private void check(long result, String what) throws HostFailure {
    if (result < 0) {
      throw new HostFailure(what, shown, result);
    }
  }
}
