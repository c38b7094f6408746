// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * The host's file system has no room for the pool's files. The file room throws it; the rooms above
 * turn it into the two kinds of being out of space.
 */
public final class HostSpaceException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public HostSpaceException(String message) {
    super(Severity.RETRY, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public HostSpaceException(String message, Throwable cause) {
    super(Severity.RETRY, message, cause);
  }
}
