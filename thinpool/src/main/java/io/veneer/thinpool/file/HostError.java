// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.file.Path;
import jnr.constants.platform.Errno;

/** The one place where an errno becomes an exception that says what to do. */
final class HostError {
  private HostError() {}

  /**
   * Makes the exception for a failed call.
   *
   * @param errno positive
   * @param action what was tried, as a verb
   * @param file on which file
   */
  static PoolException of(long errno, String action, Path file) {
    Errno name = Errno.valueOf(errno);
    String details = "action=" + action + " file=" + file + " error=" + name;
    return switch (name) {
      case ENOSPC ->
          new HostSpaceException("the host's disk is full; free space on the host: " + details);
      case EDQUOT ->
          new HostSpaceException("the host's disk quota is used up; raise it: " + details);
      case EFBIG ->
          new HostSpaceException("the host's file system allows no longer file: " + details);
      case EROFS, EACCES, EPERM -> new ReadOnlyException("host allows no write: " + details);
      default -> new PoolIoException("host cannot do it, see its log: " + details);
    };
  }

  /** Whether a negative result says that this file system has no such call. */
  static boolean isUnsupported(long result) {
    return result == -Errno.EOPNOTSUPP.longValue()
        || result == -Errno.ENOSYS.longValue()
        || result == -Errno.ENODEV.longValue();
  }
}
