// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Why there is no socket where one was asked for, and what to do about it. Names what the user
 * named; where the socket was hidden while it was made helps nobody. Stateless.
 */
final class SocketRefusal {
  private SocketRefusal() {}

  /** What went wrong when a socket was made. */
  static PoolException unmade(Path path, IOException cause) {
    Path folder = path.getParent();
    if (!Files.exists(folder)) {
      return refusal("the socket's folder is missing; make it first: folder=" + folder, cause);
    } else if (!Files.isDirectory(folder)) {
      return refusal("the socket's folder is a file; take another path: folder=" + folder, cause);
    } else if (cause instanceof AccessDeniedException) {
      return refusal(
          "may not write in the socket's folder; take another path, or be another user: folder="
              + folder,
          cause);
    }
    return refusal(advice(cause) + ": path=" + path + " cause=" + reason(cause), cause);
  }

  /** The folder is there, and the host makes nothing in it all the same. */
  private static String advice(IOException cause) {
    String reason = reason(cause);
    if (reason.contains("Read-only file system")) {
      return "the socket's folder is mounted for reading only; mount it for writing, or take"
          + " another path";
    } else if (reason.contains("No space left on device")
        || reason.contains("Disk quota exceeded")) {
      return "no room for the socket; make some in its file system, or take another path";
    }
    // Such as the file systems of /proc and /sys, or one of another system's.
    return "no socket can be made in the socket's folder; take another path";
  }

  /** What the host said, without the path that it said it of. */
  private static String reason(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    String reason =
        cause instanceof FileSystemException host ? host.getReason() : cause.getMessage();
    return reason == null ? cause.getClass().getSimpleName() : reason;
  }

  /** Something else went wrong, with words of its own that may name the path. */
  static PoolException failure(String what, Path path, IOException cause) {
    String why = cause.getMessage() + " (" + cause.getClass().getSimpleName() + ")";
    return refusal(what + ": path=" + path + " cause=" + why, cause);
  }

  private static PoolException refusal(String message, IOException cause) {
    return new PoolException(PoolException.Severity.REQUEST, message, cause);
  }
}
