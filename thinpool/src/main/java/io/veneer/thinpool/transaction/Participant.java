// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

/** A room that keeps metadata in memory and takes part in commits. */
public interface Participant {
  /**
   * Stages everything that changed, and fills in the superblock. Called under the metadata lock,
   * right before the open transaction is closed. Must not fail: what can fail (space) was made sure
   * of when the change was made.
   */
  void freeze();

  /**
   * The transaction is durable. Called under the metadata lock, in the order of the commits.
   *
   * @param sequence the commit
   */
  void durable(long sequence);
}
