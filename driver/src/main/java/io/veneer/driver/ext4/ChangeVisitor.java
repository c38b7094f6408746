// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.Change;

/** Takes the differences of two trees. */
@FunctionalInterface
interface ChangeVisitor {
  /** Takes one, with the inode that the newer tree has there; null if it has none. */
  void visit(Change change, Inode inode);
}
