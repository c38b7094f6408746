// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.reflink;

import io.veneer.driver.host.HostFiles.TreeSize;
import io.veneer.driver.host.SharedBlocks;
import io.veneer.driver.host.TreeCopy;
import io.veneer.driver.layer.Layer;
import io.veneer.driver.layer.WholeTrees;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Whole trees whose files share their blocks with the parent's: a layer costs an inode for every
 * file, and blocks only where something was written. Threads: as {@link WholeTrees}.
 */
final class ReflinkLayout extends WholeTrees {
  ReflinkLayout(Path home) {
    super(home, TreeCopy::clone);
  }

  /** Blocks that a file shares with its parent's file of the same path are the parent's. */
  @Override
  public TreeSize size(Layer layer) throws IOException {
    return layer.hasParent()
        ? SharedBlocks.sizeOf(own(layer), parentTree(layer))
        : super.size(layer);
  }
}
