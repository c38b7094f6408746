// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/**
 * The three kinds of snapshots. A kind never changes; a commit makes a new name of kind COMMITTED.
 */
public enum SnapshotKind {
  /** Read-only, for looking; never committed. */
  VIEW,
  /** Being written: a container's own layer, or an image's layer while it is unpacked. */
  ACTIVE,
  /** Finished and read-only for good; the only kind that can be a parent. */
  COMMITTED
}
