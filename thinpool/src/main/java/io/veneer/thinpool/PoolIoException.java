// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** The host failed to read or write the pool's files. */
public final class PoolIoException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public PoolIoException(String message) {
    super(Severity.NEEDS_CHECK, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public PoolIoException(String message, Throwable cause) {
    super(Severity.NEEDS_CHECK, message, cause);
  }
}
