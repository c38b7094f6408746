// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * A write was asked of a pool or device that takes none: sealed, opened read-only, or in a mode
 * without writes.
 */
public final class ReadOnlyException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public ReadOnlyException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public ReadOnlyException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
