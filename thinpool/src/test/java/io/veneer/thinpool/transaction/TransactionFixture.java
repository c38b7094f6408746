// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.file.WatchedPoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Transactions on files in memory, without the rooms above: blocks of 4 KiB. */
public class TransactionFixture {
  /** Data block size. */
  public static final int BLOCK = 4096;

  /** What is written to. */
  public RecordingPoolFiles memory;

  /** The same, watched. */
  public WatchedPoolFiles files;

  /** The pool's state. */
  public Superblock superblock;

  /** The transactions. */
  public Transactions transactions;

  /** Who is inside. */
  public InFlight inFlight;

  /**
   * Makes an empty pool.
   *
   * @param dataBlocks size of the data
   * @param nodeBlocks limit of the metadata
   */
  public TransactionFixture(long dataBlocks, long nodeBlocks) {
    memory = RecordingPoolFiles.create();
    superblock = new Superblock(0x5eed);
    PoolGeometry geometry = PoolGeometry.ofBlockSize(BLOCK);
    superblock.blockSizeBytes = BLOCK;
    superblock.dataBlocksMax = geometry.dataBlocksMax();
    superblock.nodeBlocksMax = geometry.nodeBlocksMax();
    superblock.dataBlocks = dataBlocks;
    superblock.dataLimitBlocks = dataBlocks;
    superblock.nodeBlocks = nodeBlocks;
    superblock.nextDeviceId = 1;
    memory.metadata().reserve(0, PoolGeometry.SUPERBLOCKS);
    for (int slot = 0; slot < PoolGeometry.SUPERBLOCKS; slot++) {
      superblock.sequence = slot;
      write(slot, superblock);
    }
    memory.metadata().force();
    memory.forgetHistory();
    open();
  }

  /** Builds the rooms on the files as they are. */
  protected void open() {
    files = new WatchedPoolFiles(memory);
    superblock = newest();
    transactions = new Transactions(files.metadata(), files.data(BLOCK), superblock);
    inFlight = new InFlight();
  }

  /** Builds them anew from what the files hold, as after the kill of the process. */
  public void reopen() {
    memory = memory.reopen();
    open();
  }

  private void write(int slot, Superblock content) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    SuperblockFormat.encode(content, slot, image);
    memory.metadata().write(slot, image);
  }

  /**
   * The superblock in a slot.
   *
   * @param slot 0 or 1
   * @return what it says
   */
  public Superblock slot(int slot) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    memory.metadata().read(slot, image);
    return SuperblockFormat.decode(image.clear(), slot);
  }

  private Superblock newest() {
    Superblock one = slot(0);
    Superblock other = slot(1);
    return one.sequence > other.sequence ? one : other;
  }

  /**
   * Asks something under the metadata lock.
   *
   * @param <T> of the answer
   * @param action what to ask
   * @return the answer
   */
  public <T> T underLock(Supplier<T> action) {
    transactions.lock().lock();
    try {
      return action.get();
    } finally {
      transactions.lock().unlock();
    }
  }

  /**
   * Runs something under the metadata lock.
   *
   * @param action what to do
   */
  public void locked(Runnable action) {
    transactions.lock().lock();
    try {
      action.run();
    } finally {
      transactions.lock().unlock();
    }
  }
}
