// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/**
 * Root of everything a storage driver refuses or fails with. The kind says what the caller can do;
 * the message says what failed, then the values that matter as {@code name=value}. Doors turn the
 * kind into their own codes.
 */
public final class DriverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, in the words of containerd's errors. */
  public enum Kind {
    /** No such snapshot, parent or file. */
    NOT_FOUND,
    /** The key or name is taken. */
    ALREADY_EXISTS,
    /** The request can never be right. */
    INVALID_ARGUMENT,
    /** The request is right, but not in the state that things are in. */
    FAILED_PRECONDITION,
    /** No space, or a quota is used up. */
    RESOURCE_EXHAUSTED,
    /** The same request may succeed later. */
    UNAVAILABLE,
    /** This driver does not do it. */
    UNIMPLEMENTED,
    /** What is stored is damaged. */
    DATA_LOSS,
    /** The work was interrupted. */
    CANCELLED,
    /** The host failed to read or write. */
    IO
  }

  private final Kind kind;

  /**
   * Makes an exception.
   *
   * @param kind what went wrong
   * @param message what failed, in one line
   */
  public DriverException(Kind kind, String message) {
    super(message);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  /**
   * Makes an exception with the failure underneath.
   *
   * @param kind what went wrong
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public DriverException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  /**
   * Tells what went wrong.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * A failure of the host, with a full disk told apart.
   *
   * @param message what failed, in one line; what the host said is added to it
   * @param cause what the host said
   * @return the exception, to be thrown
   */
  public static DriverException io(String message, IOException cause) {
    String reason = reason(cause);
    Kind kind = isNoSpace(reason) ? Kind.RESOURCE_EXHAUSTED : Kind.IO;
    return new DriverException(kind, message + " reason=" + reason, cause);
  }

  /** Some of the JDK's exceptions say their kind by their class, and the file in their message. */
  private static String reason(IOException cause) {
    if (cause.getMessage() == null) {
      return cause.toString();
    } else if (cause instanceof AccessDeniedException) {
      return "permission denied " + cause.getMessage();
    } else if (cause instanceof NoSuchFileException) {
      return "no such file " + cause.getMessage();
    }
    return cause.getMessage();
  }

  /** The JDK has no type for ENOSPC and EDQUOT; the C library's texts are all there is. */
  private static boolean isNoSpace(String reason) {
    return reason.contains("No space left on device") || reason.contains("Disk quota exceeded");
  }
}
