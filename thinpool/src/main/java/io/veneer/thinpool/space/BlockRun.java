// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

/**
 * Blocks in a row.
 *
 * @param first the first one
 * @param end one past the last one
 */
public record BlockRun(long first, long end) {
  /**
   * How many.
   *
   * @return blocks
   */
  public long blocks() {
    return end - first;
  }
}
