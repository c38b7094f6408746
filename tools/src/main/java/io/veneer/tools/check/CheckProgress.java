// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

/** Hears how far a check is. */
@FunctionalInterface
public interface CheckProgress {
  /**
   * Called on the checking thread after each metadata block; should return at once.
   *
   * @param doneBlocks metadata blocks read
   * @param totalBlocks about how many there are to read
   */
  void at(long doneBlocks, long totalBlocks);
}
