// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.space;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Participant;
import io.veneer.thinpool.transaction.Transactions;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which blocks are free, private or shared: exact reference counts, and the free blocks that follow
 * from them. There is one for data blocks and one for the metadata blocks of trees.
 *
 * <p>Invariants: a block with a count above 0 is never handed out; neither is one that the last
 * durable superblock reaches, nor one that an operation in flight may still look at. A block is
 * {@link #isExclusive exclusive} only if its count is 1 now, was 1 in the last durable state, and
 * nobody in flight came through another reference.
 *
 * <p>All methods are called under the metadata lock.
 */
public final class SpaceMap implements Participant {
  /** What {@link #allocate} returns when nothing is free. */
  public static final long NONE = -1;

  private final CountArea area;
  private final Transactions transactions;
  private final InFlight inFlight;
  private final Counts counts;
  private final FreeBlocks free = new FreeBlocks();
  private final ArrayDeque<Generation> waiting = new ArrayDeque<>();
  private Generation open;
  private long cursor;
  private long pendingBlocks;
  private long unusedBlocks;
  private long asideBlocks;

  private SpaceMap(CountArea area, long blocksMax, Transactions transactions, InFlight inFlight) {
    this.area = area;
    this.transactions = transactions;
    this.inFlight = inFlight;
    this.counts = new Counts(area, blocksMax, transactions);
    this.open = new Generation(transactions.openSequence());
  }

  /**
   * The space map of the data blocks.
   *
   * @param transactions where it takes part
   * @param inFlight tells when a freed block is out of use
   * @return the map; the caller adds it to the transactions
   */
  public static SpaceMap ofData(Transactions transactions, InFlight inFlight) {
    Superblock superblock = transactions.superblock();
    return new SpaceMap(
        CountArea.ofData(superblock), superblock.dataBlocksMax, transactions, inFlight);
  }

  /**
   * The space map of the node area's blocks, counted from its begin.
   *
   * @param transactions where it takes part
   * @param inFlight tells when a freed block is out of use
   * @return the map; the caller adds it to the transactions
   */
  public static SpaceMap ofNodes(Transactions transactions, InFlight inFlight) {
    Superblock superblock = transactions.superblock();
    return new SpaceMap(
        CountArea.ofNodes(superblock), superblock.nodeBlocksMax, transactions, inFlight);
  }

  /**
   * A block's reference count.
   *
   * @param block the block
   * @return 0 when it is free or about to be
   */
  public int count(long block) {
    return counts.get(block);
  }

  /**
   * Adds a reference.
   *
   * @param block a block with at least one
   */
  public void increment(long block) {
    counts.add(check(block), 1);
  }

  /**
   * Takes a reference away. At 0 the block is free once this transaction is durable.
   *
   * @param block a block with at least one
   * @return the new count
   */
  public int decrement(long block) {
    int count = counts.add(check(block), -1);
    if (count == 0) {
      open.dropped.remove((int) block);
      open.freed.add((int) block);
      area.addUsed(-1);
      pendingBlocks++;
    } else {
      open.dropped.add((int) block);
    }
    return count;
  }

  private long check(long block) {
    if (block < 0 || block >= area.totalBlocks()) {
      throw Counts.outside(area.title(), block);
    }
    return block;
  }

  /**
   * Whether a block may be changed in place, for all that its own count says.
   *
   * @param block the block
   * @return true when no other reference exists, now or after a crash
   */
  public boolean isExclusive(long block) {
    return counts.get(block) == 1 && !wasDropped(block);
  }

  /**
   * Says that a block was reached by another way in the last durable state, though its own count
   * never showed it: through a node that lost a reference in this transaction.
   *
   * @param block a block with a reference
   */
  public void markDropped(long block) {
    open.dropped.add((int) block);
  }

  private boolean wasDropped(long block) {
    if (open.dropped.contains((int) block)) {
      return true;
    }
    for (Generation generation : waiting) {
      if (generation.dropped.contains((int) block)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Hands out a free block. It is not handed out again, but has no count and so is free after a
   * crash until {@link #use} gives it its first reference; {@link #putBack} ends that state, too.
   *
   * @param goal the block that would be best, or {@link #NONE}
   * @return the goal if it is free, else the next free block behind the last one handed out, or
   *     {@link #NONE}
   * @throws io.veneer.thinpool.HostSpaceException if the host has no room for its count
   */
  public long allocate(long goal) {
    long block = find(goal);
    if (block != NONE) {
      counts.reserveFor(block);
      free.take(block);
      unusedBlocks++;
    }
    return block;
  }

  /**
   * Lets a block be found again that was handed out and is not wanted.
   *
   * @param block a block without a reference
   */
  public void putBack(long block) {
    free.add(block, block + 1);
    unusedBlocks--;
    cursor = Math.min(cursor, block);
  }

  /**
   * Gives a block that was handed out its first reference. What it holds was written before.
   *
   * @param block the block
   */
  public void use(long block) {
    counts.add(block, 1);
    unusedBlocks--;
    area.addUsed(1);
    area.raiseHighWater(block + 1);
  }

  /**
   * Takes free blocks in a row out of the search, for one user. They stay free and available in all
   * that is told of them; {@link #handOutAside} hands one of them out, and {@link #putBackAside}
   * lets them be found again.
   *
   * @param goal the block that would be best to begin with
   * @param blocksMax how many at the most, above 0
   * @param alignmentBlocks where to look for another begin, a power of two
   * @return the blocks; null if nothing is free
   * @throws io.veneer.thinpool.HostSpaceException if the host has no room for their counts
   */
  public BlockRun setAside(long goal, long blocksMax, int alignmentBlocks) {
    long first = goal;
    if (goal >= area.totalBlocks() || !isFree(goal)) {
      skipTo(alignmentBlocks);
      first = find(NONE);
    }
    if (first == NONE) {
      return null;
    }
    counts.reserveFor(first);
    return removeRun(first, Math.min(first + blocksMax, area.totalBlocks()));
  }

  private BlockRun removeRun(long first, long limit) {
    long pageEnd = (Counts.pageOf(first) + 1L) * CountsFormat.COUNTS;
    BlockRun run = new BlockRun(first, free.runEnd(first, Math.min(limit, pageEnd)));
    free.take(run.first(), run.end());
    asideBlocks += run.blocks();
    return run;
  }

  /**
   * Takes the first free blocks in a row of a range out of the search, none of which will be handed
   * out before {@link #putBackAside}.
   *
   * @param from begin of the range
   * @param before end of the range
   * @return the blocks; null if none of the range is free
   */
  public BlockRun setAsideWithin(long from, long before) {
    long limit = Math.min(before, area.totalBlocks());
    long first = search(from, limit);
    return first == NONE ? null : removeRun(first, limit);
  }

  /** Says that a block which was set aside is handed out; {@link #use} or {@link #putBack} next. */
  public void handOutAside() {
    unusedBlocks++;
    asideBlocks--;
  }

  /**
   * Lets blocks be found again that were set aside and not handed out.
   *
   * @param run the blocks
   */
  public void putBackAside(BlockRun run) {
    free.add(run.first(), run.end());
    asideBlocks -= run.blocks();
    cursor = Math.min(cursor, run.first());
  }

  /**
   * Blocks that are set aside, and not handed out.
   *
   * @return how many of the available ones
   */
  public long asideBlocks() {
    return asideBlocks;
  }

  private long find(long goal) {
    long total = area.totalBlocks();
    if (goal >= 0 && goal < total && isFree(goal)) {
      return goal;
    }
    long block = search(cursor, total);
    if (block == NONE) {
      block = search(0, Math.min(cursor, total));
    }
    if (block != NONE) {
      cursor = block + 1;
    }
    return block;
  }

  private boolean isFree(long block) {
    learn(Counts.pageOf(block));
    return free.contains(block);
  }

  /**
   * First free block in a range, learning pages on the way; pages without free blocks cost an index
   * look-up.
   */
  private long search(long from, long to) {
    long at = from;
    while (at < to) {
      int page = Counts.pageOf(at);
      long end = Math.min(to, (page + 1L) * CountsFormat.COUNTS);
      if (free.isKnown(page) || counts.used(page) < CountsFormat.COUNTS) {
        learn(page);
        long block = free.next(at);
        if (block >= 0 && block < end) {
          return block;
        }
      }
      at = end;
    }
    return NONE;
  }

  private void learn(int page) {
    if (free.isKnown(page)) {
      return;
    }
    RoaringBitmap blocks = new RoaringBitmap();
    long begin = (long) page * CountsFormat.COUNTS;
    long end = Math.min(begin + CountsFormat.COUNTS, area.totalBlocks());
    if (counts.isBlank(page)) {
      blocks.add(begin, end);
    } else {
      addUncounted(blocks, begin, end);
    }
    blocks.andNot(open.freed);
    waiting.forEach(generation -> blocks.andNot(generation.freed));
    free.learn(page, blocks);
  }

  private void addUncounted(RoaringBitmap blocks, long begin, long end) {
    for (long block = begin; block < end; block++) {
      if (counts.get(block) == 0) {
        blocks.add((int) block);
      }
    }
  }

  /**
   * Moves the search on, so that the next blocks handed out without a goal stand apart from the
   * last ones.
   *
   * @param alignmentBlocks a power of two
   */
  public void skipTo(int alignmentBlocks) {
    cursor = (cursor + alignmentBlocks - 1) & -(long) alignmentBlocks;
  }

  /** Begins the next search at the first block: keeps metadata dense. */
  public void rewind() {
    cursor = 0;
  }

  /**
   * Lets the area grow.
   *
   * @param before its blocks until now; the superblock has the new number already
   */
  public void grown(long before) {
    int page = Counts.pageOf(before);
    if (free.isKnown(page)) {
      long end = Math.min((page + 1L) * CountsFormat.COUNTS, area.totalBlocks());
      free.add(before, end);
    }
  }

  /**
   * Blocks that can be handed out, now or after a commit.
   *
   * @return total less used
   */
  public long freeBlocks() {
    return area.totalBlocks() - area.usedBlocks();
  }

  /**
   * Blocks that can be handed out now.
   *
   * @return free ones less those that wait for a commit, and those handed out and not in use yet
   */
  public long availableBlocks() {
    return freeBlocks() - pendingBlocks - unusedBlocks;
  }

  /**
   * Freed blocks that cannot be handed out yet.
   *
   * @return how many
   */
  public long pendingBlocks() {
    return pendingBlocks;
  }

  /**
   * Whether freed blocks wait only for operations in flight to end.
   *
   * @return true when a look a moment later may find some ready
   */
  public boolean hasWaiting() {
    return !waiting.isEmpty() && waiting.peek().epoch != 0;
  }

  @Override
  public void freeze() {
    counts.freeze();
    if (!open.isEmpty()) {
      waiting.add(open);
    }
    open = new Generation(transactions.openSequence() + 1);
  }

  @Override
  public void durable(long sequence) {
    for (Generation generation : waiting) {
      if (generation.sequence <= sequence && generation.epoch == 0) {
        generation.epoch = inFlight.advance();
      }
    }
  }

  /**
   * Tells which freed blocks are out of use by now. They stay unavailable until {@link #release},
   * so that the caller can give their room back to the host first.
   *
   * @param ready receives one bitmap a transaction
   * @return how many transactions to pass to {@link #release}
   */
  public int takeReady(List<RoaringBitmap> ready) {
    int taken = 0;
    for (Generation generation : waiting) {
      if (generation.epoch == 0 || !inFlight.passed(generation.epoch)) {
        break;
      }
      ready.add(generation.freed);
      taken++;
    }
    return taken;
  }

  /**
   * Makes the oldest transactions' freed blocks available, and ends the caution about their dropped
   * ones.
   *
   * @param generations how many, as {@link #takeReady} told
   */
  public void release(int generations) {
    Iterator<Generation> oldest = waiting.iterator();
    for (int i = 0; i < generations; i++) {
      RoaringBitmap freed = oldest.next().freed;
      oldest.remove();
      pendingBlocks -= freed.getLongCardinality();
      free.giveBack(freed);
    }
  }
}
