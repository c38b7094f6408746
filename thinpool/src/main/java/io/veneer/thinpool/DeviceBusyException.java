// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** The device is open, and what was asked for needs it closed. */
public final class DeviceBusyException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public DeviceBusyException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public DeviceBusyException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
