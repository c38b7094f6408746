// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** No data block could be had: the pool or the host's disk is full. */
public final class OutOfDataSpaceException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public OutOfDataSpaceException(String message) {
    super(Severity.RETRY, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public OutOfDataSpaceException(String message, Throwable cause) {
    super(Severity.RETRY, message, cause);
  }
}
