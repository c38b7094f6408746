// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.RawFile;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes into one virtual block of one device: the decisions of copy-on-write.
 *
 * <pre>
 *   mapping                          what a write does
 *   data, born after the last        stores in place; the clock proves that nobody shares the block
 *     snapshot of this device
 *   data, older, exclusive           stores in place; the reference counts prove it
 *   data, shared, same bytes         nothing
 *   data, shared                     copies the block with the bytes replaced (or, if the write covers it, just
 *                                    writes it) to a free block, then maps that one
 *   hole or zero, zeroes written     nothing
 *   hole or zero                     fills a free block, with zeroes (or the external origin) around the bytes
 * </pre>
 *
 * <p>A fresh block is complete before it is mapped, so no reader sees a half of it, and no byte of
 * what it held before. Callers are in flight as writers of the device, so no snapshot comes between
 * looking a mapping up and storing. Threads that change the mapping of the same virtual block take
 * turns at a stripe lock; storing in place needs none.
 */
final class BlockWriter {
  /** How a write is treated. */
  enum WriteKind {
    /** Zeroes take no block that is not needed for them, and the quota counts. */
    PLAIN,
    /** Zeroes take a block, so that later writes need none. */
    KEPT_ZEROES,
    /** Zeroes behind the end of a device that becomes smaller, which no quota may stop. */
    TAIL;

    private boolean keepsZeroes() {
      return this == KEPT_ZEROES;
    }

    private boolean countsForQuota() {
      return this != TAIL;
    }
  }

  private static final int STRIPES = 64;
  private static final int RUN_BYTES = 1 << 20;

  private final StoredDevice stored;
  private final DeviceRoom room;
  private final Transactions transactions;
  private final DataFile file;
  private final int blockBytes;
  private final RawFile externalOrigin;
  private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];
  private final Preallocation fresh;
  private volatile long privateSince;

  BlockWriter(StoredDevice stored, DeviceRoom room, RawFile externalOrigin) {
    this.stored = stored;
    this.room = room;
    this.transactions = room.transactions();
    this.file = transactions.data();
    this.blockBytes = transactions.superblock().blockSizeBytes;
    this.externalOrigin = externalOrigin;
    this.fresh = new Preallocation(transactions, room.data(), room.preallocations());
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new ReentrantLock();
    }
    snapshotted();
  }

  /** Takes over the device's snapshot time; the gate is closed. */
  void snapshotted() {
    privateSince = stored.record().snapshottedTime;
  }

  private boolean isSurelyPrivate(long entry) {
    return MappingEntry.isData(entry) && MappingEntry.time(entry) >= privateSince;
  }

  private long offsetOf(long entry) {
    return MappingEntry.dataBlock(entry) * blockBytes;
  }

  /**
   * Writes the first of the remaining bytes: into one virtual block, or into several if they are
   * stored in place and lie in a row in the data file. The source's limit is then where it stopped.
   *
   * @param kind how zeroes and the quota count
   */
  void write(long virtualBlock, int within, ByteBuffer source, WriteKind kind) {
    long entry = stored.lookup(virtualBlock);
    if (isSurelyPrivate(entry)) {
      int bytes = privateRunBytes(virtualBlock, entry, within, source.remaining());
      source.limit(source.position() + bytes);
      storeInPlace(entry, within, source);
      return;
    }
    source.limit(source.position() + Math.min(blockBytes - within, source.remaining()));
    ReentrantLock stripe = stripe(virtualBlock);
    stripe.lock();
    try {
      writeCarefully(virtualBlock, within, source, kind);
    } finally {
      stripe.unlock();
    }
  }

  private int privateRunBytes(long virtualBlock, long entry, int within, int wanted) {
    int most = Math.min(wanted, RUN_BYTES);
    int bytes = Math.min(blockBytes - within, most);
    long dataBlock = MappingEntry.dataBlock(entry);
    for (int i = 1; bytes < most; i++) {
      long next = stored.lookup(virtualBlock + i);
      if (!isSurelyPrivate(next) || MappingEntry.dataBlock(next) != dataBlock + i) {
        break;
      }
      bytes = Math.min(most, bytes + blockBytes);
    }
    return bytes;
  }

  private ReentrantLock stripe(long virtualBlock) {
    return stripes[(int) virtualBlock & (STRIPES - 1)];
  }

  private void storeInPlace(long entry, int within, ByteBuffer source) {
    try {
      file.write(offsetOf(entry) + within, source);
    } catch (HostSpaceException e) {
      throw hostFull(e);
    }
  }

  private void writeCarefully(long virtualBlock, int within, ByteBuffer source, WriteKind kind) {
    long entry = stored.lookup(virtualBlock);
    if (isSurelyPrivate(entry) || isExclusive(virtualBlock, entry)) {
      storeInPlace(entry, within, source);
    } else if (MappingEntry.isData(entry)) {
      breakSharing(virtualBlock, entry, within, source, kind);
    } else {
      provision(virtualBlock, entry, within, source, kind);
    }
  }

  private boolean isExclusive(long virtualBlock, long entry) {
    if (!MappingEntry.isData(entry)) {
      return false;
    }
    transactions.lock().lock();
    try {
      return stored.isExclusive(virtualBlock, entry);
    } finally {
      transactions.lock().unlock();
    }
  }

  private void breakSharing(
      long virtualBlock, long entry, int within, ByteBuffer source, WriteKind kind) {
    long from = offsetOf(entry);
    if (!kind.keepsZeroes() && file.matches(from + within, source)) {
      elide(source);
      return;
    }
    boolean whole = source.remaining() == blockBytes;
    if (whole && !kind.keepsZeroes() && Zeroes.isAllOf(source)) {
      remap(virtualBlock, entry, MappingEntry.zero(clock()));
      elide(source);
      return;
    }
    long block = allocate(entry, kind);
    try {
      if (whole) {
        file.writeNew(block * blockBytes, source);
      } else {
        room.counters().copied(blockBytes - source.remaining());
        file.copyPatched(from, block * blockBytes, within, source);
      }
      remap(virtualBlock, entry, MappingEntry.data(block, clock()));
    } catch (RuntimeException | Error e) {
      throw giveBack(block, e);
    }
  }

  private void provision(
      long virtualBlock, long entry, int within, ByteBuffer source, WriteKind kind) {
    boolean external = externalOrigin != null && !MappingEntry.isZero(entry);
    if (external) {
      provisionFromOrigin(virtualBlock, entry, within, source, kind);
      return;
    }
    if (!kind.keepsZeroes() && Zeroes.isAllOf(source)) {
      elide(source);
      return;
    }
    long block = allocate(entry, kind);
    try {
      if (source.remaining() == blockBytes) {
        file.writeNew(block * blockBytes, source);
      } else {
        room.counters().zeroed(blockBytes - source.remaining());
        file.zeroPatched(block * blockBytes, within, source);
      }
      remap(virtualBlock, entry, MappingEntry.data(block, clock()));
    } catch (RuntimeException | Error e) {
      throw giveBack(block, e);
    }
  }

  private void provisionFromOrigin(
      long virtualBlock, long entry, int within, ByteBuffer source, WriteKind kind) {
    ByteBuffer content = ByteBuffer.allocate(blockBytes);
    externalOrigin.read(virtualBlock * blockBytes, content);
    content.clear();
    if (!kind.keepsZeroes() && content.slice(within, source.remaining()).equals(source)) {
      elide(source);
      return;
    }
    room.counters().copied(blockBytes - source.remaining());
    content.position(within).put(source.duplicate()).clear();
    long block = allocate(entry, kind);
    try {
      file.writeNew(block * blockBytes, content);
      remap(virtualBlock, entry, MappingEntry.data(block, clock()));
      source.position(source.limit());
    } catch (RuntimeException | Error e) {
      throw giveBack(block, e);
    }
  }

  private void elide(ByteBuffer source) {
    source.position(source.limit());
    room.counters().elided();
  }

  /**
   * The clock stands still while writers of this device are inside, for all that it matters to this
   * device.
   */
  private long clock() {
    return Math.min(transactions.superblock().clock, MappingEntry.TIME_MAX);
  }

  /** Makes a whole block read as zeroes: without an external origin by unmapping it. */
  void unmap(long virtualBlock) {
    ReentrantLock stripe = stripe(virtualBlock);
    stripe.lock();
    transactions.lock().lock();
    try {
      if (externalOrigin == null) {
        stored.unmap(virtualBlock);
      } else if (!MappingEntry.isZero(stored.lookup(virtualBlock))) {
        stored.map(virtualBlock, MappingEntry.zero(clock()));
      }
    } finally {
      transactions.lock().unlock();
      stripe.unlock();
    }
  }

  private void remap(long virtualBlock, long expected, long entry) {
    transactions.lock().lock();
    try {
      if (stored.lookup(virtualBlock) != expected) {
        throw new IllegalStateException(
            "mapping changed under a stripe lock: virtual_block=" + virtualBlock);
      }
      stored.map(virtualBlock, entry);
    } finally {
      transactions.lock().unlock();
    }
  }

  private long allocate(long entry, WriteKind kind) {
    long block = takeBlock(entry, kind);
    fresh.takeRoom();
    return block;
  }

  private long takeBlock(long entry, WriteKind kind) {
    transactions.lock().lock();
    try {
      if (kind.countsForQuota()) {
        checkQuota(entry);
      }
      checkSpace();
      long block = fresh.take();
      if (block == SpaceMap.NONE) {
        throw outOfData(0);
      }
      return block;
    } catch (HostSpaceException e) {
      throw new OutOfMetadataSpaceException(
          "the host's disk is full and metadata cannot grow; free space on the host", e);
    } finally {
      transactions.lock().unlock();
    }
  }

  /** A block that takes the place of one that the device provisioned itself adds nothing. */
  private void checkQuota(long entry) {
    DeviceRecord record = stored.record();
    boolean adds = !MappingEntry.isData(entry) || MappingEntry.time(entry) < record.createdTime;
    long after = (record.ownBlocks + 1) * blockBytes;
    if (adds && record.quotaBytes > 0 && after > record.quotaBytes) {
      throw new QuotaExceededException(
          "device has reached its quota; raise it or discard whole blocks: device="
              + record.name
              + " quota_bytes="
              + record.quotaBytes);
    }
  }

  /** Blocks kept for other devices with a write guarantee are not free for this one. */
  private void checkSpace() {
    DeviceRecord record = stored.record();
    Superblock superblock = transactions.superblock();
    long keptForOthers =
        superblock.reservedBlocks
            - (record.is(DeviceRecord.GUARANTEED) ? record.reservedBlocks : 0);
    if (room.data().availableBlocks() - keptForOthers < 1) {
      throw outOfData(keptForOthers);
    }
  }

  private OutOfDataSpaceException outOfData(long keptForOthers) {
    return new OutOfDataSpaceException(
        "pool is out of data space; grow it or remove devices: free_blocks="
            + room.data().freeBlocks()
            + " pending_blocks="
            + room.data().pendingBlocks()
            + " reserved_blocks="
            + keptForOthers);
  }

  /** Gives a block that was not mapped back, and says what the failure means. */
  private RuntimeException giveBack(long block, Throwable failure) {
    transactions.lock().lock();
    try {
      if (transactions.failure() == null) {
        room.data().putBack(block);
      }
    } finally {
      transactions.lock().unlock();
    }
    if (failure instanceof Error) {
      throw (Error) failure;
    }
    return failure instanceof HostSpaceException
        ? hostFull((HostSpaceException) failure)
        : (RuntimeException) failure;
  }

  private static PoolException hostFull(HostSpaceException cause) {
    return new OutOfDataSpaceException(cause.getMessage(), cause);
  }
}
