// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/** How the content of a snapshot is opened. */
public enum OpenMode {
  /** The file must exist; writes are refused. */
  READ,
  /** The file must exist; its snapshot must be active. */
  WRITE,
  /** As WRITE, and the file is made if it does not exist, with its missing folders. */
  CREATE;

  /**
   * Tells whether writes are meant.
   *
   * @return false for READ
   */
  public boolean writes() {
    return this != READ;
  }
}
