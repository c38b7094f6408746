// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** A metadata block is not what its place says: wrong checksum, place, type, pool or content. */
public final class CorruptMetadataException extends PoolException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what failed, in one line
   */
  public CorruptMetadataException(String message) {
    super(Severity.NEEDS_CHECK, message);
  }

  /**
   * Makes the exception with the failure underneath.
   *
   * @param message what failed, in one line
   * @param cause the failure underneath
   */
  public CorruptMetadataException(String message, Throwable cause) {
    super(Severity.NEEDS_CHECK, message, cause);
  }
}
