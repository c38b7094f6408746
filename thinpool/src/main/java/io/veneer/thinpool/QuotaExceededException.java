// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** A write would provision more than its device's quota allows. */
public final class QuotaExceededException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public QuotaExceededException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public QuotaExceededException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
