// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * Root of everything a pool refuses or fails with. The severity says what the caller can do about
 * it; the message says what failed, then the values that matter as {@code name=value}.
 */
public class PoolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can do after a failure. */
  public enum Severity {
    /** The same request may succeed later, for example when space was added. */
    RETRY,
    /** This request is wrong or impossible; others are not affected. */
    REQUEST,
    /** The pool refuses writes until it is checked or repaired. */
    NEEDS_CHECK,
    /** The pool serves nothing any more and can only be closed. */
    FATAL
  }

  private final Severity severity;

  /**
   * Makes an exception.
   *
   * @param severity what the caller can do
   * @param message what failed, in one line
   */
  public PoolException(Severity severity, String message) {
    super(message);
    this.severity = severity;
  }

  /**
   * Makes an exception with a cause.
   *
   * @param severity what the caller can do
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public PoolException(Severity severity, String message, Throwable cause) {
    super(message, cause);
    this.severity = severity;
  }

  /**
   * Tells what the caller can do.
   *
   * @return the severity
   */
  public final Severity severity() {
    return severity;
  }

  /**
   * A request that names or asks for something impossible.
   *
   * @param message what is wrong, in one line
   * @return the exception, to be thrown
   */
  public static PoolException badRequest(String message) {
    return new PoolException(Severity.REQUEST, message);
  }
}
