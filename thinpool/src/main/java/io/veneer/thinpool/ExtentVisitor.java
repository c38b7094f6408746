// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/** Receives the extents of a range, in ascending order. */
@FunctionalInterface
public interface ExtentVisitor {
  /**
   * Takes one extent.
   *
   * @param offset first byte
   * @param lengthBytes length, positive
   * @param kind what it holds
   * @return false to stop the walk
   */
  boolean visit(long offset, long lengthBytes, ExtentKind kind);
}
