// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

/** Takes mappings in ascending order. */
@FunctionalInterface
public interface MappingVisitor {
  /**
   * Takes one mapping.
   *
   * @param virtualBlock index in the device
   * @param entry what it is mapped to, not a hole
   */
  void visit(long virtualBlock, long entry);
}
