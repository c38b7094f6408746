// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

/** Takes what differs between two devices. */
@FunctionalInterface
public interface DifferenceVisitor {
  /**
   * Takes one virtual block.
   *
   * @param virtualBlock index in both devices
   * @param entry its mapping in the one
   * @param otherEntry its mapping in the other
   */
  void visit(long virtualBlock, long entry, long otherEntry);
}
