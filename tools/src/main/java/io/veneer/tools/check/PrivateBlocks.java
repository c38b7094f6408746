// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import org.roaringbitmap.RoaringBitmap;

/**
 * What the engine takes for private by its time, and changes in place: it must have one reference.
 * Blocks are numbered from the begin of their area. One thread.
 */
final class PrivateBlocks {
  private final RoaringBitmap data = new RoaringBitmap();
  private final RoaringBitmap nodes = new RoaringBitmap();

  void addData(long dataBlock) {
    data.add((int) dataBlock);
  }

  void addNode(long node) {
    nodes.add((int) node);
  }

  RoaringBitmap data() {
    return data;
  }

  RoaringBitmap nodes() {
    return nodes;
  }
}
