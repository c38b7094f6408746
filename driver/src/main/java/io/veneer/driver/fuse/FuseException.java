// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.PoolException;

/** A file cannot be mounted or unmounted; the message says what to do about it. */
public final class FuseException extends PoolException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  FuseException(String message, int errno) {
    super(Severity.REQUEST, message);
    this.errno = errno;
  }

  /**
   * Whether it failed because somebody has the file open.
   *
   * @return true for a file that can be unmounted later
   */
  public boolean isBusy() {
    return errno == FuseErrno.EBUSY;
  }
}
