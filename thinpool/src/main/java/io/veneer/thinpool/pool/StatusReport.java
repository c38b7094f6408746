// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatistics;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;

/** Puts together what a pool tells of itself. Any thread; of a closed pool too. */
final class StatusReport {
  private final PoolState state;

  private StatusReport(PoolState state) {
    this.state = state;
  }

  static PoolStatus of(PoolState state) {
    boolean closed = state.mode() == PoolMode.FAILED;
    long hostBytes = closed ? 0 : state.inside(state.data::hostBytes);
    return state.locked(() -> new StatusReport(state).status(hostBytes));
  }

  static PoolStatistics statistics(PoolState state) {
    return new PoolStatistics(
        state.counters.copiedBytes(),
        state.counters.zeroedBytes(),
        state.counters.elidedWrites(),
        state.transactions.commits(),
        state.transactions.commitBlocks(),
        state.transactions.dataForces());
  }

  private PoolStatus status(long hostBytes) {
    Superblock s = state.superblock;
    return new PoolStatus(
        state.mode(),
        state.needsCheck(),
        s.readOnlyCompatible != 0,
        s.transactionId,
        state.transactions.durableSequence(),
        s.blockSizeBytes,
        state.blocksToBytes(s.usedDataBlocks),
        state.blocksToBytes(s.dataBlocks),
        state.blocksToBytes(s.dataLimitBlocks),
        state.blocksToBytes(s.reservedBlocks),
        state.blocksToBytes(state.dataSpace.pendingBlocks()),
        hostBytes,
        metadataBytes(s.usedNodeBlocks),
        metadataBytes(s.nodeBlocks),
        state.blocksToBytes(s.lowWaterBlocks),
        metadataBytes(s.metadataLowWater),
        s.heldRoot,
        !s.is(SuperblockFormat.STATE_NO_PASSDOWN),
        s.is(SuperblockFormat.STATE_QUEUE) ? NoSpacePolicy.QUEUE : NoSpacePolicy.ERROR,
        s.noSpaceTimeoutMillis,
        s.deviceCount,
        s.removingCount,
        s.clock);
  }

  private static long metadataBytes(long blocks) {
    return blocks * MetadataFile.BLOCK_BYTES;
  }
}
