// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.BlockType;

/**
 * What is remembered of a metadata block of the node area once it was visited, so that a block that
 * many refer to is walked only once. Of a mapping node it covers everything below. One thread.
 */
final class NodeSummary {
  final BlockType type;
  final int level;
  final long key;

  /** The commit that wrote it; 0 while that is not known. */
  long sequence;

  /** Whether it, or anything below, could not be read. */
  boolean broken;

  /** Mappings to data blocks. */
  long mappedBlocks;

  /** Smallest and largest time of these. */
  int timeMin = Integer.MAX_VALUE;

  int timeMax = -1;

  /** One past the highest virtual block that is no hole. */
  long end;

  NodeSummary(BlockType type, int level, long key) {
    this.type = type;
    this.level = level;
    this.key = key;
  }

  /** What stands for a block that is none. */
  static NodeSummary ofNothing(BlockType type) {
    NodeSummary nothing = new NodeSummary(type, 0, 0);
    nothing.broken = true;
    return nothing;
  }

  void includeMapping(long time) {
    mappedBlocks++;
    timeMin = Math.min(timeMin, (int) time);
    timeMax = Math.max(timeMax, (int) time);
  }

  void includeChild(NodeSummary child) {
    broken |= child.broken;
    mappedBlocks += child.mappedBlocks;
    timeMin = Math.min(timeMin, child.timeMin);
    timeMax = Math.max(timeMax, child.timeMax);
    end = Math.max(end, child.end);
  }

  /** The block in words. */
  String title() {
    return type.title() + " for key " + key + " at level " + level;
  }
}
