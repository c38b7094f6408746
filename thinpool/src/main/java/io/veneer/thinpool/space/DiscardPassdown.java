// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.transaction.Transactions;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the room of free blocks back to the host, if the pool's policy says so.
 *
 * <p>Any thread, without the metadata lock: a change of the policy holds for what is punched later.
 * The blocks must be nobody's, so that none is handed out meanwhile.
 */
public final class DiscardPassdown {
  private static final Logger LOG = LoggerFactory.getLogger(DiscardPassdown.class);

  private final Superblock superblock;
  private final DataFile file;
  private final String location;

  /**
   * The passdown of one pool.
   *
   * @param transactions where the policy and the data file are
   * @param location where the pool's files are, for messages
   */
  public DiscardPassdown(Transactions transactions, String location) {
    this.superblock = transactions.superblock();
    this.file = transactions.data();
    this.location = location;
  }

  /**
   * Whether room is given back at all.
   *
   * @return what the pool's policy says now
   */
  public boolean isOn() {
    return !superblock.is(SuperblockFormat.STATE_NO_PASSDOWN);
  }

  /**
   * Punches free blocks out of the data file, unless the policy says not to.
   *
   * @param free the blocks, as unsigned numbers
   */
  public void punch(RoaringBitmap free) {
    if (!isOn()) {
      return;
    }
    PeekableIntIterator blocks = free.getIntIterator();
    while (blocks.hasNext()) {
      long first = Integer.toUnsignedLong(blocks.next());
      long end = first + 1;
      while (blocks.hasNext()
          && end < MappingEntry.DATA_BLOCKS_MAX
          && Integer.toUnsignedLong(blocks.peekNext()) == end) {
        blocks.next();
        end++;
      }
      punchRun(new BlockRun(first, end));
    }
  }

  /**
   * The same for blocks in a row.
   *
   * @param free the blocks
   */
  public void punch(BlockRun free) {
    if (isOn()) {
      punchRun(free);
    }
  }

  /** A run that the host does not take back is handed out again all the same: it gets filled. */
  private void punchRun(BlockRun run) {
    try {
      file.punch(run.first() * superblock.blockSizeBytes, run.blocks() * superblock.blockSizeBytes);
    } catch (PoolException e) {
      LOG.warn("host does not take the room of free blocks back: pool={}", location, e);
    }
  }
}
