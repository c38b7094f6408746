// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

/** How a path differs between a snapshot and the older one that it is compared with. */
public enum ChangeKind {
  /** Both have the path, and something of it differs: content, mode, owner, attributes, type. */
  MODIFIED,
  /** Only the snapshot has the path. */
  ADDED,
  /** Only the older one has the path. */
  DELETED
}
