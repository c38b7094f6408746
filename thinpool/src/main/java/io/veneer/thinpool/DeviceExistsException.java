// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** The name or id asked for a new device is taken. */
public final class DeviceExistsException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public DeviceExistsException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public DeviceExistsException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
