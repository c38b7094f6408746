// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.LayerTree;
import java.nio.file.Path;

/** A folder of the host as a tree, so that it can be looked at and changed as a layer's is. */
public final class HostTree {
  private HostTree() {}

  public static LayerTree of(Path root) {
    return new UnionTree(new LayerContent(Branches.single(root), new CopyCounter()));
  }
}
