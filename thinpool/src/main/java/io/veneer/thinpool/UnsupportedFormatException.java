// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** The pool was made by a version whose format this one does not know. */
public final class UnsupportedFormatException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public UnsupportedFormatException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public UnsupportedFormatException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
