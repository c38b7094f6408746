// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What a driver records of a snapshot.
 *
 * @param key its key, or its name if it is committed
 * @param parent the committed snapshot that it stands on, or empty
 * @param kind its kind
 * @param createdAt when it was prepared, or, if it is committed, when it was committed
 * @param updatedAt when its labels were last changed
 * @param labels names and values; never null, cannot be changed
 */
public record SnapshotInfo(
    String key,
    String parent,
    SnapshotKind kind,
    Instant createdAt,
    Instant updatedAt,
    Map<String, String> labels) {

  /**
   * Takes a copy of the labels.
   *
   * @param key its key
   * @param parent the committed snapshot that it stands on
   * @param kind its kind
   * @param createdAt when it was prepared
   * @param updatedAt when its labels were last changed
   * @param labels names and values
   */
  public SnapshotInfo {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(parent, "parent");
    Objects.requireNonNull(kind, "kind");
    labels = Map.copyOf(labels);
  }

  /**
   * Tells whether this snapshot stands on another.
   *
   * @return false for the first layer
   */
  public boolean hasParent() {
    return !parent.isEmpty();
  }

  /**
   * The same snapshot with other labels.
   *
   * @param newLabels all labels
   * @param at when
   * @return the changed copy
   */
  public SnapshotInfo withLabels(Map<String, String> newLabels, Instant at) {
    return new SnapshotInfo(key, parent, kind, createdAt, at, newLabels);
  }
}
