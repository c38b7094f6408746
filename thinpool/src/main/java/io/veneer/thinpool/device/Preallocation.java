// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.space.BlockRun;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.Transactions;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the fresh blocks of one device come from: one by one at first, each behind the last one,
 * and from a run of free blocks that is set aside for the device once it has filled some in a row.
 * So devices that are filled at the same time lie apart, large requests go to the file in one call,
 * and the host's file system is asked once for the room of a run (jmh/README.md has the figures).
 *
 * <p>Blocks set aside are free and available in all accounts: nothing of them is on disk, a crash
 * lets them go, {@link #release} brings them back at any time, and who finds no other block is
 * given the last one of somebody's run. A device has one such run at the most, of at most {@value
 * #RUN_BYTES} bytes and a small part of what is free.
 *
 * <p>A run's room is taken outside of the metadata lock, by the first who comes, while others fill
 * blocks of it already, and given back outside of it, before the blocks can be anybody's again. The
 * monitor of this keeps the two apart. Order of locks: this, then the metadata lock.
 */
final class Preallocation {
  static final int RUN_BYTES = 4 << 20;

  /** A run is at most this part of what nobody has. */
  private static final int POOL_PART = 32;

  private static final int ROW_BLOCKS_MAX = 16;

  /** Devices begin at such borders, so that each has its row before it meets the next one. */
  private static final int BORDER_BYTES = 1 << 20;

  private static final int BORDER_BLOCKS_MIN = 4;

  private final Transactions transactions;
  private final DataFile file;
  private final SpaceMap data;
  private final Preallocations all;
  private final int blockBytes;
  private final int borderBlocks;

  /** How many blocks are filled one by one, in a row, before a run is set aside. */
  private final int rowBlocks;

  private long last = SpaceMap.NONE;
  private int inRow;

  /** The run's blocks that were not handed out; none if both are the same. */
  private long next;

  private long end;
  private boolean usedLately;

  /** The run, until somebody has taken room for it. */
  private final AtomicReference<BlockRun> withoutRoom = new AtomicReference<>();

  Preallocation(Transactions transactions, SpaceMap data, Preallocations all) {
    this.transactions = transactions;
    this.file = transactions.data();
    this.data = data;
    this.all = all;
    this.blockBytes = transactions.superblock().blockSizeBytes;
    this.borderBlocks = Math.max(BORDER_BLOCKS_MIN, BORDER_BYTES / blockBytes);
    this.rowBlocks = Math.min(ROW_BLOCKS_MAX, borderBlocks);
  }

  /**
   * Hands out a free block, as {@link SpaceMap#allocate} does; under the metadata lock. The caller
   * calls {@link #takeRoom} once he does not hold it any more.
   */
  long take() {
    if (next == end && inRow >= rowBlocks) {
      setAside();
    }
    long block = next < end ? takeFromRun() : takeOne();
    if (block == SpaceMap.NONE) {
      return all.takeFromAny();
    }
    inRow = last != SpaceMap.NONE && block == last + 1 ? inRow + 1 : 1;
    last = block;
    return block;
  }

  private long takeFromRun() {
    data.handOutAside();
    usedLately = true;
    return next++;
  }

  private long takeOne() {
    if (last == SpaceMap.NONE) {
      data.skipTo(borderBlocks);
      return data.allocate(SpaceMap.NONE);
    }
    return data.allocate(last + 1);
  }

  /** Hands out the block that this device would have been given last; under the metadata lock. */
  long takeLast() {
    if (next == end) {
      return SpaceMap.NONE;
    }
    data.handOutAside();
    return --end;
  }

  private void setAside() {
    Superblock superblock = transactions.superblock();
    long nobodys = data.availableBlocks() - data.asideBlocks() - superblock.reservedBlocks;
    long blocks = Math.min(RUN_BYTES / blockBytes, nobodys / POOL_PART);
    if (blocks < 2) {
      return;
    }
    BlockRun run = data.setAside(last + 1, blocks, borderBlocks);
    if (run != null) {
      next = run.first();
      end = run.end();
      all.add(this);
      if (file.gainsFromRoomAhead()) {
        withoutRoom.set(run);
      }
    }
  }

  /**
   * Takes room on the host's disk for the run, if nobody did. It is no more than a hint, and never
   * fails: where there is none, the run ends, and who fills a block will hear of it. The caller is
   * in flight and holds no lock.
   */
  void takeRoom() {
    if (withoutRoom.get() != null) {
      reserve();
    }
  }

  private synchronized void reserve() {
    BlockRun run = withoutRoom.getAndSet(null);
    if (run != null) {
      try {
        file.reserve(run.first() * blockBytes, run.blocks() * blockBytes);
      } catch (RuntimeException e) {
        all.noRoomAhead(e);
        release(false); // the host may have given a part, which others need now
      }
    }
  }

  /**
   * Brings back what is set aside, and gives its room to the host. The caller holds no lock.
   *
   * @param idleOnly not if a block of it was handed out since this was last asked
   */
  synchronized void release(boolean idleOnly) {
    BlockRun left = end(idleOnly);
    if (left != null) {
      all.passdown.punch(left); // before it can be anybody's again
      transactions.lock().lock();
      try {
        data.putBackAside(left);
      } finally {
        transactions.lock().unlock();
      }
    }
  }

  /** Ends the run; its blocks are nobody's for the moment. Null if it goes on, or all are used. */
  private BlockRun end(boolean idleOnly) {
    transactions.lock().lock();
    try {
      boolean goesOn = idleOnly && usedLately;
      usedLately = false;
      if (goesOn) {
        return null;
      }
      BlockRun left = next == end ? null : new BlockRun(next, end);
      next = 0;
      end = 0;
      withoutRoom.set(null);
      all.remove(this);
      return left;
    } finally {
      transactions.lock().unlock();
    }
  }
}
