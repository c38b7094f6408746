// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/** Takes an inode whose bytes differ between two file systems. */
@FunctionalInterface
interface InodePair {
  /** Either is null where the number is not in use; not both. */
  void visit(Inode older, Inode newer);
}
