// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import io.veneer.thinpool.PoolException;

/**
 * The server of a pool ends, and has not begun what was asked. So it can be asked again, of whoever
 * has the pool next.
 */
public final class ServerEndingException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public ServerEndingException(String message) {
    super(Severity.RETRY, message);
  }
}
