// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.transaction.Transactions;
import java.util.ArrayDeque;

/**
 * Hands out the metadata blocks of trees, records and texts, under their numbers in the metadata
 * file.
 *
 * <p>An operation first calls {@link #ensure} for as many blocks as it can need at most; only then
 * does it change anything, and {@link #take} cannot fail. The last blocks, with room on the host's
 * disk, are kept for {@link Purpose operations that give space back}, so that a full pool can
 * always delete. All methods are called under the metadata lock.
 */
public final class NodeAllocator {
  /** Free blocks that whatever may be refused leaves to others. */
  public static final int RESERVE_BLOCKS = 128;

  /** What blocks are taken for, which says how many must be left to others. */
  public enum Purpose {
    /** Anything that may be refused when the pool is full. */
    USE(RESERVE_BLOCKS),
    /** A discard: gives data back, but copies nodes that are shared, and so may use the pool up. */
    DISCARD(RESERVE_BLOCKS / 2),
    /** The removal of a device; ends with more free blocks than it began with. */
    REMOVE(0);

    private final int leftBlocks;

    Purpose(int leftBlocks) {
      this.leftBlocks = leftBlocks;
    }
  }

  private static final int BACKING_BLOCKS = 256;

  private final SpaceMap map;
  private final Transactions transactions;
  private final long start;
  private final ArrayDeque<Long> ready = new ArrayDeque<>();
  private long backedBlocks;

  /**
   * Makes the allocator of a pool.
   *
   * @param map the space map of the node area
   * @param transactions the pool's transactions
   */
  public NodeAllocator(SpaceMap map, Transactions transactions) {
    Superblock superblock = transactions.superblock();
    this.map = map;
    this.transactions = transactions;
    this.start = superblock.geometry().nodesStart();
    this.backedBlocks = superblock.nodeHighWater;
  }

  /**
   * Makes sure that blocks can be taken.
   *
   * @param blocks how many
   * @param purpose what for
   * @throws OutOfMetadataSpaceException if there are not as many; nothing has changed
   */
  public void ensure(int blocks, Purpose purpose) {
    int kept = purpose.leftBlocks;
    if (available() < blocks + kept) {
      throw new OutOfMetadataSpaceException(
          "pool is out of metadata space; grow its metadata or remove devices: free_blocks="
              + available()
              + " reserve="
              + kept);
    }
    while (ready.size() < blocks) {
      ready.add(setAside(kept));
    }
  }

  private long setAside(int kept) {
    try {
      long block = map.allocate(SpaceMap.NONE);
      if (block == SpaceMap.NONE) {
        throw new OutOfMetadataSpaceException(
            "pool is out of metadata space until its next commit: pending_blocks="
                + map.pendingBlocks());
      }
      backOrPutBack(block, kept);
      return block;
    } catch (HostSpaceException e) {
      throw new OutOfMetadataSpaceException(
          "the host's disk is full and metadata cannot grow; free space on the host", e);
    }
  }

  private void backOrPutBack(long block, int kept) {
    try {
      back(block + 1, kept);
    } catch (HostSpaceException e) {
      map.putBack(block);
      throw e;
    }
  }

  /** Takes room on the host for blocks up to an end, and for the reserve behind it. */
  private void back(long end, int kept) {
    if (end + kept <= backedBlocks) {
      return;
    }
    long wanted = (end + kept + BACKING_BLOCKS - 1) / BACKING_BLOCKS * BACKING_BLOCKS;
    long limit = Math.max(end, transactions.superblock().nodeBlocks);
    long until = Math.min(wanted, limit);
    if (until > backedBlocks) {
      transactions.metadata().reserve(start + backedBlocks, until - backedBlocks);
      backedBlocks = until;
    }
  }

  /**
   * Blocks that can be taken without a commit.
   *
   * @return free blocks less those that wait for one
   */
  public long available() {
    return map.freeBlocks() - map.pendingBlocks();
  }

  /**
   * Takes one of the blocks that {@link #ensure} made sure of.
   *
   * @return its number in the metadata file; its count is 1
   */
  public long take() {
    long block = ready.remove();
    map.use(block);
    return start + block;
  }

  /**
   * Adds a reference.
   *
   * @param block number in the metadata file
   */
  public void increment(long block) {
    map.increment(block - start);
  }

  /**
   * Takes a reference away.
   *
   * @param block number in the metadata file
   * @return the new count
   */
  public int decrement(long block) {
    return map.decrement(block - start);
  }

  /**
   * A block's reference count.
   *
   * @param block number in the metadata file
   * @return the count
   */
  public int count(long block) {
    return map.count(block - start);
  }

  /**
   * Says that a block was reached by another way in the last durable state.
   *
   * @param block number in the metadata file
   */
  public void markDropped(long block) {
    map.markDropped(block - start);
  }

  /**
   * Whether nothing else refers to a block, now or after a crash.
   *
   * @param block number in the metadata file
   * @return true when one reference is all there is
   */
  public boolean isExclusive(long block) {
    return map.isExclusive(block - start);
  }
}
