// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.device.SpaceKeeper;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What happens when space runs out. A write that found no block asks here, in turn: give back what
 * was freed already; give back what removed devices still hold; grow the data file if it may grow
 * by itself; then fail, or wait for a bounded time for somebody to add space.
 */
final class SpacePolicy implements SpaceKeeper {
  /** A size that is not to change; no size that is. */
  static final long AS_IT_IS = 0;

  private static final int EXTEND_PARTS = 8;
  private static final int NEW_DEVICE_PART = 64;
  private static final int NEW_DEVICE_BLOCKS = 1024;
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final PoolState state;
  private final BlockReturns returns;
  private final Reclaimer reclaimer;
  private final ReentrantLock waiting = new ReentrantLock();
  private final Condition added = waiting.newCondition();

  SpacePolicy(PoolState state) {
    this.state = state;
    this.returns = new BlockReturns(state);
    this.reclaimer = new Reclaimer(state);
  }

  BlockReturns returns() {
    return returns;
  }

  Reclaimer reclaimer() {
    return reclaimer;
  }

  @Override
  public void checkWritable() {
    PoolMode mode = state.mode();
    if (mode == PoolMode.READ_ONLY) {
      throw readOnly();
    }
    if (mode == PoolMode.FAILED) {
      throw PoolException.badRequest("pool is closed: pool=" + state.files.location());
    }
  }

  private ReadOnlyException readOnly() {
    PoolException failure = state.transactions.failure();
    if (failure != null) {
      return new ReadOnlyException(
          "pool became read-only because a commit failed; close it and run veneer check: pool="
              + state.files.location()
              + " cause="
              + failure.getMessage(),
          failure);
    }
    return new ReadOnlyException(
        (state.needsCheck()
                ? "pool is read-only until veneer check has found it sound: pool="
                : "pool is open for reading only: pool=")
            + state.files.location());
  }

  @Override
  public void makeRoom(PoolException cause, int attempt, long sinceNanos) {
    checkWritable();
    if (attempt == 0) {
      giveAllBack();
      return;
    }
    if (!(cause instanceof OutOfDataSpaceException)) {
      throw cause;
    }
    boolean hostFull = cause.getCause() instanceof HostSpaceException;
    if (hostFull || !extend()) {
      failOrWait(cause, sinceNanos);
    }
  }

  /** Makes all blocks that no device needs free ones that anybody can have. */
  void giveAllBack() {
    returns.releaseAside();
    reclaimer.reclaimAll();
    returns.giveBackAll();
  }

  private void failOrWait(PoolException cause, long sinceNanos) {
    noteFailure(cause);
    boolean queue = state.superblock.is(SuperblockFormat.STATE_QUEUE);
    long waited = System.nanoTime() - sinceNanos;
    long limit = TimeUnit.MILLISECONDS.toNanos(state.superblock.noSpaceTimeoutMillis);
    if (!queue || waited >= limit) {
      throw cause;
    }
    awaitSpace(Math.min(WAIT_NANOS, limit - waited));
  }

  /** Of a failure that was overtaken by blocks which came free, nothing else would end the mode. */
  private void noteFailure(PoolException cause) {
    state.transactions.lock().lock();
    try {
      boolean hostFull = cause.getCause() instanceof HostSpaceException;
      state.setOutOfData(!hostFull && state.availableBlocks() <= 0);
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private void awaitSpace(long nanos) {
    waiting.lock();
    try {
      added.awaitNanos(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutOfDataSpaceException("interrupted while waiting for data space", e);
    } finally {
      waiting.unlock();
    }
  }

  /** Ends being out of data space, if there is some again; under the metadata lock. */
  void spaceChanged() {
    if (state.availableBlocks() > 0) {
      state.setOutOfData(false);
      wakeWaiting();
    }
  }

  private void wakeWaiting() {
    waiting.lock();
    try {
      added.signalAll();
    } finally {
      waiting.unlock();
    }
  }

  /** Grows the data file by an eighth, up to its limit; false when it may not grow by itself. */
  boolean extend() {
    Superblock superblock = state.superblock;
    state.transactions.lock().lock();
    try {
      long before = superblock.dataBlocks;
      long step = Math.max(1, before / EXTEND_PARTS);
      long after = Math.min(before + step, superblock.dataLimitBlocks);
      if (after <= before) {
        return false;
      }
      growTo(after);
      return true;
    } finally {
      state.transactions.lock().unlock();
    }
  }

  /** Gives the data file more blocks; under the metadata lock. */
  void growTo(long dataBlocks) {
    long before = state.superblock.dataBlocks;
    state.superblock.dataBlocks = dataBlocks;
    state.superblock.dataLimitBlocks = Math.max(state.superblock.dataLimitBlocks, dataBlocks);
    state.dataSpace.grown(before);
    state.transactions.touch();
    spaceChanged();
  }

  /**
   * Gives the data file and the metadata more blocks because somebody asked for it; only upwards,
   * and both or none. Under the metadata lock.
   *
   * @param dataBlocks how many data blocks in all, or {@link #AS_IT_IS}
   * @param nodeBlocks how many metadata blocks in all, or {@link #AS_IT_IS}
   */
  void growTo(long dataBlocks, long nodeBlocks) {
    Superblock superblock = state.superblock;
    if (dataBlocks != AS_IT_IS) {
      requireGrowth("data", superblock.dataBlocks, dataBlocks, superblock.blockSizeBytes);
    }
    if (nodeBlocks != AS_IT_IS) {
      requireGrowth("metadata", superblock.nodeBlocks, nodeBlocks, MetadataFile.BLOCK_BYTES);
      growNodes(nodeBlocks);
    }
    if (dataBlocks != AS_IT_IS) {
      growTo(dataBlocks);
    }
  }

  private void growNodes(long nodeBlocks) {
    long before = state.superblock.nodeBlocks;
    state.superblock.nodeBlocks = nodeBlocks;
    state.nodeSpace.grown(before);
    state.transactions.touch();
  }

  /** Takes a policy over; under the metadata lock. */
  void setPolicy(PoolPolicy policy) {
    Superblock superblock = state.superblock;
    superblock.dataLimitBlocks = dataLimitBlocks(policy.dataLimitBytes());
    superblock.lowWaterBlocks = policy.lowWaterBytes() / superblock.blockSizeBytes;
    superblock.noSpaceTimeoutMillis = policy.noSpaceTimeoutMillis();
    superblock.set(SuperblockFormat.STATE_QUEUE, policy.noSpacePolicy() == NoSpacePolicy.QUEUE);
    superblock.set(SuperblockFormat.STATE_NO_PASSDOWN, !policy.discardPassdown());
    state.transactions.touch();
    wakeWaiting();
  }

  private long dataLimitBlocks(long limitBytes) {
    Superblock superblock = state.superblock;
    if (limitBytes == 0) {
      return superblock.dataBlocks;
    }
    long blocks = Limits.dataBlocks(limitBytes, superblock.blockSizeBytes);
    if (blocks < superblock.dataBlocks) {
      throw PoolException.badRequest(
          "data limit must be 0 or at least the data size: limit="
              + limitBytes
              + " size="
              + superblock.dataBlocks * superblock.blockSizeBytes);
    }
    return blocks;
  }

  private static void requireGrowth(String what, long before, long after, int blockBytes) {
    if (after < before) {
      throw PoolException.badRequest(
          what
              + " can only grow, give a size that is larger than now: size="
              + before * blockBytes
              + " asked="
              + after * blockBytes);
    }
  }

  /** Gives back what removed devices hold, if otherwise no new device could be made. */
  void reclaimIfShort() {
    if (!hasRoomForNewDevice() && (!reclaimer.isIdle() || hasFreedBlocks())) {
      reclaimer.reclaimAll();
      returns.giveBackAll();
    }
  }

  /** Whether there are blocks that wait for a commit, or for operations in flight. */
  private boolean hasFreedBlocks() {
    return state.locked(() -> state.dataSpace.pendingBlocks() > 0);
  }

  private boolean hasRoomForNewDevice() {
    state.transactions.lock().lock();
    try {
      Superblock superblock = state.superblock;
      long kept = Math.min(superblock.dataBlocks / NEW_DEVICE_PART, NEW_DEVICE_BLOCKS);
      boolean canGrow = superblock.dataLimitBlocks > superblock.dataBlocks;
      boolean enough = state.dataSpace.freeBlocks() - superblock.reservedBlocks > kept;
      return canGrow || enough && state.mode() != PoolMode.OUT_OF_DATA_SPACE;
    } finally {
      state.transactions.lock().unlock();
    }
  }

  /** Refuses new devices while what is left should go to those that exist. */
  void checkRoomForNewDevice() {
    if (!hasRoomForNewDevice()) {
      throw new OutOfDataSpaceException(
          "pool is nearly out of data space and makes no new devices; grow it or remove devices:"
              + " free_blocks="
              + state.dataSpace.freeBlocks());
    }
  }
}
