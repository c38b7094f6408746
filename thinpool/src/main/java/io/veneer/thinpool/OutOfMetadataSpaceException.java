// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** No metadata block could be had: the metadata limit or the host's disk is reached. */
public final class OutOfMetadataSpaceException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public OutOfMetadataSpaceException(String message) {
    super(Severity.RETRY, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public OutOfMetadataSpaceException(String message, Throwable cause) {
    super(Severity.RETRY, message, cause);
  }
}
