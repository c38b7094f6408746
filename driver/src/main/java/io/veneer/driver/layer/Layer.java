// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.SnapshotKind;
import java.util.List;

/**
 * A snapshot as a layout sees it: folders have ids, which stay when a snapshot is committed under
 * another name.
 *
 * @param id its own id: digits, never used twice while something of it is left
 * @param kind its kind
 * @param lineage ids of the layers it stands on, its parent first and the first layer last
 */
public record Layer(String id, SnapshotKind kind, List<String> lineage) {
  /**
   * Takes a copy of the lineage.
   *
   * @param id its own id: digits
   * @param kind its kind
   * @param lineage ids of the layers it stands on
   */
  public Layer {
    lineage = List.copyOf(lineage);
  }

  /**
   * Tells whether this layer stands on another.
   *
   * @return false for the first layer
   */
  public boolean hasParent() {
    return !lineage.isEmpty();
  }

  /**
   * The layer it stands on.
   *
   * @return an id; there must be one
   */
  public String parentId() {
    return lineage.get(0);
  }
}
