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

  /** Orders by path, so that a folder comes before what is in it. */
  @Override
  public int compareTo(Change other) {
    return path.compareTo(other.path);
  }
}
