// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** What a pool can do at the moment, from everything to nothing. */
public enum PoolMode {
  /** Everything. */
  WRITE,
  /**
   * No free data block: writes that need one fail or wait; all else works. Growing the data file
   * leads back.
   */
  OUT_OF_DATA_SPACE,
  /** Reads only. Leads back only by a check when {@code needsCheck} is set. */
  READ_ONLY,
  /** Nothing; it was closed. */
  FAILED
}
