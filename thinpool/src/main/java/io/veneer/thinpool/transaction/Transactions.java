// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When it becomes true: the open transaction, and the commits that make transactions durable.
 *
 * <p>Shadow paging: between two commits nothing that the last superblock reaches is overwritten. A
 * commit
 *
 * <ol>
 *   <li>under the metadata lock lets every participant stage what changed and closes the
 *       transaction; the next one is open at once and shadows whatever it changes,
 *   <li>forces the data file: every mapping of the transaction was made after its data was written;
 *       and writes the staged blocks to places that nothing durable reaches, and forces the
 *       metadata file. Until the superblock is written neither means anything, so they go on at the
 *       same time ({@link ForceOrder}),
 *   <li>when both are over writes the superblock into the slot that the last commit did not use,
 *       and forces it.
 * </ol>
 *
 * <p>A crash before the last step is over leaves the old superblock, whose blocks are all
 * untouched. One commit runs at a time; callers that come meanwhile share the next one. The
 * metadata lock is held for the first step only, so that operations go on while a commit writes.
 *
 * <p>A commit that fails in the middle may have left anything in the places it wrote, so it is
 * never repeated: the failure is kept and thrown at every later commit, and the pool becomes
 * read-only.
 */
public final class Transactions {
  private final MetadataFile metadata;
  private final DataFile data;
  private final Superblock superblock;
  private final BlockReader reader;
  private final BatchWriter writer;
  private final SharedForce dataForce;
  private final ForceOrder forceOrder;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock commitLock = new ReentrantLock(true);
  private final List<Participant> participants = new ArrayList<>();
  private List<StagedBlock> staged = new ArrayList<>();
  private boolean dirty;
  private ByteBuffer durableImage = BlockHeaderFormat.newBlock();
  private volatile long openSequence;
  private volatile long durableSequence;
  private volatile PoolException failure;
  private long commits;
  private long commitBlocks;

  /**
   * Takes over a pool's files; commits force one after the other.
   *
   * @param metadata the metadata file
   * @param data the data file
   * @param superblock the newest valid superblock; changed under the lock from now on
   */
  public Transactions(MetadataFile metadata, DataFile data, Superblock superblock) {
    this(metadata, data, superblock, ForceOrder.DATA_FIRST);
  }

  /**
   * Takes over a pool's files.
   *
   * @param metadata the metadata file
   * @param data the data file
   * @param superblock the newest valid superblock; changed under the lock from now on
   * @param forceOrder how commits force both files
   */
  public Transactions(
      MetadataFile metadata, DataFile data, Superblock superblock, ForceOrder forceOrder) {
    this.forceOrder = forceOrder;
    this.metadata = metadata;
    this.data = data;
    this.superblock = superblock;
    this.reader = new BlockReader(metadata, superblock.poolId);
    this.writer = new BatchWriter(metadata);
    this.dataForce = new SharedForce(data::force);
    this.durableSequence = superblock.sequence;
    this.openSequence = superblock.sequence + 1;
    SuperblockFormat.encode(superblock, slotOf(superblock.sequence), durableImage);
  }

  /**
   * Adds a room that takes part in commits; called in this order. Only before the first commit.
   *
   * @param participant the room
   */
  public void add(Participant participant) {
    participants.add(participant);
  }

  /**
   * The metadata lock: whoever changes or counts metadata holds it. It is held for microseconds,
   * never during I/O except the reading of metadata blocks and the reserving of room for new ones.
   *
   * @return the lock
   */
  public ReentrantLock lock() {
    return lock;
  }

  /**
   * The pool's state; read and changed under the lock.
   *
   * @return always the same object
   */
  public Superblock superblock() {
    return superblock;
  }

  /**
   * The reader of metadata blocks.
   *
   * @return always the same object
   */
  public BlockReader reader() {
    return reader;
  }

  /**
   * The metadata file, for reserving room.
   *
   * @return always the same object
   */
  public MetadataFile metadata() {
    return metadata;
  }

  /**
   * The data file.
   *
   * @return always the same object
   */
  public DataFile data() {
    return data;
  }

  /**
   * Number of the transaction that is open. Stable only under the lock.
   *
   * @return the commit that it will be
   */
  public long openSequence() {
    return openSequence;
  }

  /**
   * Number of the last durable commit.
   *
   * @return the commit
   */
  public long durableSequence() {
    return durableSequence;
  }

  /**
   * Durable commits since opening.
   *
   * @return how many
   */
  public long commits() {
    return commits;
  }

  /**
   * Metadata blocks written by them, superblocks included.
   *
   * @return how many
   */
  public long commitBlocks() {
    return commitBlocks;
  }

  /**
   * Forces of the data file since opening.
   *
   * @return how many
   */
  public long dataForces() {
    return dataForce.count();
  }

  /**
   * Why commits are refused.
   *
   * @return the first failure of a commit, or null
   */
  public PoolException failure() {
    return failure;
  }

  /**
   * Adds a block to what the open transaction writes. Under the lock.
   *
   * @param block the block
   */
  public void stage(StagedBlock block) {
    staged.add(block);
    dirty = true;
  }

  /** Says that the superblock changed, though no block did. Under the lock. */
  public void touch() {
    dirty = true;
  }

  /**
   * Whether there is something to commit.
   *
   * @return true when the open transaction changed anything
   */
  public boolean isDirty() {
    lock.lock();
    try {
      return dirty;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes everything that was done before this call durable, data included.
   *
   * @throws PoolException if this or an earlier commit failed
   */
  public void commit() {
    if (!commitThrough(openSequence)) {
      forceData();
    }
  }

  /**
   * Makes a device's completed writes durable.
   *
   * @param lastChange the transaction that last changed the device's mappings
   * @throws PoolException if this or an earlier commit failed
   */
  public void flush(long lastChange) {
    failIfFailed();
    if (lastChange <= durableSequence) {
      forceData();
    } else if (lastChange < openSequence) {
      forceData();
      commitThrough(lastChange);
    } else if (!commitThrough(lastChange)) {
      forceData();
    }
  }

  /**
   * Makes in-place writes to a range of the data file durable.
   *
   * @param offset first byte in the data file
   * @param lengthBytes length
   */
  public void forceRange(long offset, long lengthBytes) {
    failIfFailed();
    try {
      data.force(offset, lengthBytes);
    } catch (PoolException e) {
      throw fail(e);
    }
  }

  private void forceData() {
    try {
      dataForce.run();
    } catch (PoolException e) {
      throw fail(e);
    }
  }

  /**
   * Commits until a transaction is durable; false when there was nothing to write, so that no data
   * was forced.
   */
  private boolean commitThrough(long sequence) {
    commitLock.lock();
    try {
      failIfFailed();
      if (durableSequence >= sequence) {
        return true;
      }
      return commitOnce();
    } finally {
      commitLock.unlock();
    }
  }

  private boolean commitOnce() {
    List<StagedBlock> blocks;
    ByteBuffer image = BlockHeaderFormat.newBlock();
    long sequence;
    lock.lock();
    try {
      if (!dirty) {
        return false;
      }
      sequence = openSequence;
      freeze(sequence, image);
      blocks = staged;
      staged = new ArrayList<>();
      dirty = false;
      openSequence = sequence + 1;
    } finally {
      lock.unlock();
    }
    write(blocks, image.duplicate(), slotOf(sequence));
    durableImage = image;
    finish(sequence, blocks.size() + 1);
    return true;
  }

  private void freeze(long sequence, ByteBuffer image) {
    try {
      participants.forEach(Participant::freeze);
      superblock.sequence = sequence;
      SuperblockFormat.encode(superblock, slotOf(sequence), image);
    } catch (RuntimeException | Error e) {
      poison(e);
      throw e;
    }
  }

  private static int slotOf(long sequence) {
    return (int) (sequence & 1);
  }

  private void write(List<StagedBlock> blocks, ByteBuffer image, int slot) {
    try {
      if (blocks.isEmpty()) {
        dataForce.run();
      } else {
        forceOrder.run(dataForce::run, () -> writeAndForce(blocks));
      }
      metadata.write(slot, image);
      metadata.force();
    } catch (PoolException e) {
      throw fail(e);
    } catch (RuntimeException | Error e) {
      throw fail(new PoolIoException("commit failed: " + e, e));
    }
  }

  private void writeAndForce(List<StagedBlock> blocks) {
    writer.write(blocks);
    metadata.force();
  }

  private void finish(long sequence, int blocks) {
    lock.lock();
    try {
      durableSequence = sequence;
      commits++;
      commitBlocks += blocks;
      participants.forEach(participant -> participant.durable(sequence));
    } finally {
      lock.unlock();
    }
  }

  private void failIfFailed() {
    if (failure != null) {
      throw new PoolIoException(
          "pool takes no more commits because one failed; close it and run veneer check: cause="
              + failure.getMessage(),
          failure);
    }
  }

  /**
   * Refuses all further commits, because metadata in memory is no longer sure to be right.
   *
   * @param cause what went wrong in the middle of a change
   */
  public void poison(Throwable cause) {
    fail(
        cause instanceof PoolException
            ? (PoolException) cause
            : new PoolException(
                PoolException.Severity.NEEDS_CHECK, "metadata change failed: " + cause, cause));
  }

  /**
   * Writes what the last commit left once more, as a commit of its own, so that either superblock
   * slot alone tells everything: a slot of a pool at rest that goes bad takes nothing with it. For
   * the end, when there will be no other commit; does nothing if there was none since opening.
   *
   * @throws PoolException if it cannot be written, or an earlier commit failed
   */
  public void repeatLast() {
    commitLock.lock();
    try {
      failIfFailed();
      if (commits > 0) {
        recordAgain(SuperblockFormat.decode(durableImage, slotOf(durableSequence)));
        durableSequence++;
      }
    } catch (PoolException e) {
      throw fail(e);
    } finally {
      commitLock.unlock();
    }
  }

  private void recordAgain(Superblock last) {
    last.sequence = durableSequence + 1;
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(last, slotOf(last.sequence), image);
    metadata.write(slotOf(last.sequence), image);
    metadata.force();
  }

  /**
   * Tries to record on disk that the pool must be checked before it is written again: the last
   * durable superblock, with that flag, in the other slot. What the failed commit may have left
   * there is overwritten.
   */
  public void recordNeedsCheck() {
    commitLock.lock();
    try {
      Superblock last = SuperblockFormat.decode(durableImage, slotOf(durableSequence));
      last.set(SuperblockFormat.STATE_NEEDS_CHECK, true);
      recordAgain(last);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      commitLock.unlock();
    }
  }

  /** Ends what commits run on. There will be no commit any more, and none is running. */
  public void close() {
    forceOrder.close();
  }

  private synchronized PoolException fail(PoolException cause) {
    if (failure == null) {
      failure = cause;
    }
    return cause;
  }
}
