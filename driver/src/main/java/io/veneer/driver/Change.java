// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.util.Objects;

/**
 * One difference between two trees.
 *
 * @param path what differs: a path as {@link StorageDriver} defines it, without a leading slash
 * @param kind how
 */
public record Change(String path, ChangeKind kind) implements Comparable<Change> {
  /**
   * Checks that there is a path.
   *
   * @param path what differs
   * @param kind how
   */
  public Change {
    Objects.requireNonNull(kind, "kind");
    if (path.isEmpty() || path.startsWith("/")) {
      throw new IllegalArgumentException("not a path in a snapshot path=" + path);
    }
  }

  /** Orders by path, name by name: a folder, then all that is in it, then what comes behind it. */
  @Override
  public int compareTo(Change other) {
    return path.replace('/', '\0').compareTo(other.path.replace('/', '\0'));
  }
}
