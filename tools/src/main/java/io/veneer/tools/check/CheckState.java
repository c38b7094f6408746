// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockHeaderFormat.Header;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.tools.check.CheckFinding.Severity;
import java.nio.ByteBuffer;

/** What the steps of one check share: the pool's state, and what was seen so far. One thread. */
final class CheckState {
  final MetadataFile metadata;
  final Superblock superblock;
  final Trail trail;
  final Findings findings;
  final References nodes;
  final References data;
  final NodeSummaries summaries;
  private final long nodesStart;
  private final CheckProgress progress;
  private final long totalBlocks;
  private long doneBlocks;

  /** Whether something could not be read, so that there may be references that were not seen. */
  boolean incomplete;

  /** A block that is whole and where it belongs. */
  record VerifiedBlock(Header header, ByteBuffer image) {}

  CheckState(
      MetadataFile metadata, Superblock superblock, Findings findings, CheckOptions options) {
    this.metadata = metadata;
    this.superblock = superblock;
    this.findings = findings;
    this.trail = findings.trail();
    this.nodes = new References(superblock.nodeBlocks);
    this.data = new References(superblock.dataBlocks);
    this.summaries = new NodeSummaries(superblock.nodeBlocks);
    this.nodesStart = superblock.geometry().nodesStart();
    this.progress = options.progress();
    this.totalBlocks =
        superblock.usedNodeBlocks
            + PoolGeometry.countBlocks(superblock.dataHighWater)
            + PoolGeometry.countBlocks(superblock.nodeHighWater);
  }

  /** Reads the lowest block of the trail; null, and a finding, when it is not what it must be. */
  VerifiedBlock read(BlockType type) {
    long block = trail.block();
    ByteBuffer image = BlockHeaderFormat.newBlock();
    doneBlocks++;
    progress.at(Math.min(doneBlocks, totalBlocks), totalBlocks);
    try {
      metadata.read(block, image);
      Header header = BlockHeaderFormat.verify(image.clear(), type, block, superblock.poolId);
      findings.require(
          header.sequence() > 0 && header.sequence() <= superblock.sequence,
          type.title() + " was written by a commit that there is not",
          "1 to " + superblock.sequence,
          header.sequence());
      return new VerifiedBlock(header, image);
    } catch (PoolException e) {
      findings.failure(Severity.FATAL, e);
      return null;
    }
  }

  /** Reads a block once more, unverified; zeroes, and a finding, when the host cannot. */
  ByteBuffer reread(long block) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    try {
      metadata.read(block, image);
    } catch (PoolException e) {
      incomplete = true;
      findings.failure(Severity.FATAL, e);
    }
    return image.clear();
  }

  /** Counts a reference to a block of the node area; false, and a finding, when it is none. */
  boolean refer(long block) {
    boolean inside = nodes.contains(block - nodesStart);
    if (inside) {
      nodes.add(block - nodesStart);
    } else {
      incomplete = true;
      findings.fatal(
          "refers to a block outside the node area",
          trail.block(),
          nodesStart + " to " + (nodesStart + superblock.nodeBlocks - 1),
          block);
    }
    return inside;
  }

  /** What is remembered of a block of the node area, or null when it is new. */
  NodeSummary summary(long block) {
    return summaries.get(block - nodesStart);
  }

  void remember(long block, NodeSummary summary) {
    summaries.put(block - nodesStart, summary);
  }

  long nodesStart() {
    return nodesStart;
  }
}
