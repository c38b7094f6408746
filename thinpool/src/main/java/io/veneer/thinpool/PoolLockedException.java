// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** Another process, or this one, has the pool open already. */
public final class PoolLockedException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public PoolLockedException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public PoolLockedException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
