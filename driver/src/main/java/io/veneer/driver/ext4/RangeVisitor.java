// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/** Takes a range of a device's bytes. */
@FunctionalInterface
public interface RangeVisitor {
  /**
   * Takes one range.
   *
   * @param offset first byte
   * @param lengthBytes length, 0 or more
   */
  void visit(long offset, long lengthBytes);
}
