// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** No device has the name or id that was asked for. */
public final class NoSuchDeviceException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public NoSuchDeviceException(String message) {
    super(Severity.REQUEST, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public NoSuchDeviceException(String message, Throwable cause) {
    super(Severity.REQUEST, message, cause);
  }
}
