// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;

/** What is said of archives that cannot be read. Stateless; any thread. */
final class ArchiveErrors {
  private ArchiveErrors() {}

  /** The stream ended in the middle: part of it was lost on its way. */
  static DriverException cutShort(long offset) {
    return new DriverException(Kind.DATA_LOSS, "archive is cut short offset=" + offset);
  }

  /** The bytes at an offset mean nothing. */
  static DriverException damaged(String what, long offset) {
    return new DriverException(Kind.DATA_LOSS, "archive is damaged: " + what + " offset=" + offset);
  }

  /** The archive says what it means, and that is not done. */
  static DriverException refused(String what, String path) {
    return new DriverException(Kind.INVALID_ARGUMENT, what + " path=" + ByteNames.text(path));
  }
}
