// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.device.BlockWriter.WriteKind;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.RawFile;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;

/**
 * What a request to a thin device means: cuts ranges into virtual blocks and reads, writes, clears
 * or discards each. There is one object a device, shared by all who have it open.
 *
 * <p>Any thread may call any request. A request is in flight while it runs, but never while it
 * waits for space. Reading takes no lock.
 */
public final class ThinDevice {
  private static final int SINGLE_BLOCKS = 8;
  private static final int CHUNK_BYTES = 1 << 20;

  private final StoredDevice stored;
  private final DeviceRoom room;
  private final Transactions transactions;
  private final InFlight inFlight;
  private final DataFile file;
  private final WriterGate gate;
  private final BlockWriter writer;
  private final RawFile externalOrigin;
  private final int blockBytes;
  private final int blockShift;
  private volatile long sizeBytes;
  private volatile boolean sealed;

  /**
   * Makes a device ready for requests. Under the metadata lock.
   *
   * @param stored its record and mappings
   * @param room what it works with
   */
  public ThinDevice(StoredDevice stored, DeviceRoom room) {
    this.stored = stored;
    this.room = room;
    this.transactions = room.transactions();
    this.inFlight = room.inFlight();
    this.file = transactions.data();
    this.gate = new WriterGate(inFlight, stored.record().id);
    this.externalOrigin =
        stored.record().hasExternalOrigin() ? RawFile.open(stored.record().externalOrigin) : null;
    this.writer = new BlockWriter(stored, room, externalOrigin);
    this.blockBytes = transactions.superblock().blockSizeBytes;
    this.blockShift = Integer.numberOfTrailingZeros(blockBytes);
    this.sizeBytes = stored.record().sizeBytes;
    this.sealed = stored.record().is(DeviceRecord.SEALED);
  }

  /**
   * The record and mappings.
   *
   * @return always the same object
   */
  public StoredDevice stored() {
    return stored;
  }

  /**
   * The size now.
   *
   * @return bytes
   */
  public long sizeBytes() {
    return sizeBytes;
  }

  int blockSizeBytes() {
    return blockBytes;
  }

  void read(long offset, ByteBuffer target) {
    checkRange(offset, target.remaining());
    int end = target.limit();
    long at = offset;
    try {
      while (target.position() < end) {
        int chunk = Math.min(CHUNK_BYTES, end - target.position());
        readChunk(at, target, chunk);
        at += chunk;
      }
    } finally {
      target.limit(end);
    }
  }

  /** Long reads are cut, so that they do not hold back the reuse of freed blocks. */
  private void readChunk(long offset, ByteBuffer target, int bytes) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      long at = offset;
      int end = target.position() + bytes;
      while (target.position() < end) {
        int before = target.position();
        target.limit(end);
        readRun(at >>> blockShift, (int) at & (blockBytes - 1), target);
        at += target.position() - before;
      }
    } finally {
      inFlight.exit(slot);
    }
  }

  /** Reads from one block, or from blocks that lie in a row in the data file, too. */
  private void readRun(long virtualBlock, int within, ByteBuffer target) {
    long entry = stored.lookup(virtualBlock);
    int wanted = target.remaining();
    int bytes = Math.min(blockBytes - within, wanted);
    if (MappingEntry.isData(entry)) {
      long first = MappingEntry.dataBlock(entry);
      for (int i = 1; bytes < wanted && isDataAt(virtualBlock + i, first + i); i++) {
        bytes = Math.min(wanted, bytes + blockBytes);
      }
      target.limit(target.position() + bytes);
      file.read((first << blockShift) + within, target);
      return;
    }
    target.limit(target.position() + bytes);
    if (externalOrigin != null && !MappingEntry.isZero(entry)) {
      externalOrigin.read((virtualBlock << blockShift) + within, target);
    } else {
      Zeroes.fill(target, target.remaining());
    }
  }

  private boolean isDataAt(long virtualBlock, long dataBlock) {
    long entry = stored.lookup(virtualBlock);
    return MappingEntry.isData(entry) && MappingEntry.dataBlock(entry) == dataBlock;
  }

  /** Writes to a range that was checked. */
  void write(long offset, ByteBuffer source, boolean fua) {
    room.keeper().checkWritable();
    long length = source.remaining();
    writePieces(offset, source, WriteKind.PLAIN);
    if (fua) {
      makeDurable(offset, length);
    }
  }

  private void writePieces(long offset, ByteBuffer source, WriteKind kind) {
    int begin = source.position();
    int end = source.limit();
    SpaceSearch search = null;
    try {
      while (source.position() < end) {
        int before = source.position();
        PoolException stopped = writeUntilStopped(offset - begin, source, end, kind);
        if (stopped != null) {
          search = searchFurther(search, source.position() > before);
          search.again(stopped);
        }
      }
    } finally {
      source.limit(end);
    }
  }

  /** A request that got further since it last looked for space looks as thoroughly as at first. */
  private SpaceSearch searchFurther(SpaceSearch search, boolean gotFurther) {
    return search == null || gotFurther ? new SpaceSearch(room.keeper()) : search;
  }

  /**
   * Writes on from the source's position; ends at its end or, with the reason, where space ran out.
   */
  private PoolException writeUntilStopped(long base, ByteBuffer source, int end, WriteKind kind) {
    int slot = enterWriter();
    int done = source.position();
    try {
      checkRange(base + done, end - done); // again: the size may have changed at the gate
      while (done < end) {
        long at = base + done;
        source.limit(end);
        writer.write(at >>> blockShift, (int) at & (blockBytes - 1), source, kind);
        done = source.position();
      }
      return null;
    } catch (OutOfDataSpaceException | OutOfMetadataSpaceException e) {
      source.position(done);
      return e;
    } finally {
      inFlight.exit(slot);
    }
  }

  /**
   * A device is sealed while its gate is closed, so a writer that came in and sees no seal is
   * before it.
   */
  private int enterWriter() {
    int slot = gate.enter();
    if (sealed) {
      inFlight.exit(slot);
      checkUnsealed();
    }
    return slot;
  }

  private void checkUnsealed() {
    if (sealed) {
      throw new ReadOnlyException("device is sealed: name=" + stored.record().name);
    }
  }

  /** Clears a range that was checked. */
  void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    room.keeper().checkWritable();
    if (mayUnmap) {
      clear(offset, lengthBytes);
    } else {
      storeZeroes(offset, lengthBytes, WriteKind.KEPT_ZEROES);
    }
    if (fua) {
      makeDurable(offset, lengthBytes);
    }
  }

  void discard(long offset, long lengthBytes) {
    checkRange(offset, lengthBytes);
    room.keeper().checkWritable();
    clear(offset, lengthBytes);
  }

  private void storeZeroes(long offset, long lengthBytes, WriteKind kind) {
    long end = offset + lengthBytes;
    long at = offset;
    while (at < end) {
      int chunk = (int) Math.min(CHUNK_BYTES, end - at);
      writePieces(at, Zeroes.of(chunk), kind);
      at += chunk;
    }
  }

  /**
   * Unmaps whole blocks, then clears parts of blocks at the ends, for which there may be room only
   * now. The device's last block is whole though it may be short.
   */
  private void clear(long offset, long lengthBytes) {
    long end = offset + lengthBytes;
    long first = (offset + blockBytes - 1) >>> blockShift;
    long last = end == sizeBytes ? (end + blockBytes - 1) >>> blockShift : end >>> blockShift;
    if (first >= last) {
      storeZeroes(offset, lengthBytes, WriteKind.PLAIN);
      return;
    }
    unmap(first, last);
    storeZeroes(offset, (first << blockShift) - offset, WriteKind.PLAIN);
    storeZeroes(last << blockShift, Math.max(0, end - (last << blockShift)), WriteKind.PLAIN);
  }

  private void unmap(long first, long last) {
    boolean singly = externalOrigin != null || last - first <= SINGLE_BLOCKS;
    SpaceSearch search = null;
    long searchedAt = first;
    long block = first;
    while (block < last) {
      PoolException stopped = null;
      try {
        block = singly ? unmapOne(block) : unmapRun(block, last);
      } catch (OutOfMetadataSpaceException e) {
        stopped = e;
      }
      if (stopped != null) {
        search = searchFurther(search, block > searchedAt);
        searchedAt = block;
        search.again(stopped);
      }
    }
  }

  private long unmapOne(long block) {
    int slot = enterWriter();
    try {
      writer.unmap(block);
      return block + 1;
    } finally {
      inFlight.exit(slot);
    }
  }

  /** Unmaps what lies in one leaf, with this device's writers kept out. */
  private long unmapRun(long first, long last) {
    gate.close();
    try {
      checkUnsealed();
      return unmapSome(first, last);
    } finally {
      gate.open();
    }
  }

  private long unmapSome(long first, long last) {
    transactions.lock().lock();
    try {
      return stored.unmapSome(first, last);
    } finally {
      transactions.lock().unlock();
    }
  }

  void flush() {
    int slot = inFlight.enter(InFlight.READER);
    try {
      transactions.flush(stored.lastChange());
    } finally {
      inFlight.exit(slot);
    }
  }

  boolean isMappingDurable() {
    return stored.lastChange() <= transactions.durableSequence();
  }

  /**
   * A write to a block whose mapping is durable needs its own bytes forced only; else the mapping
   * is committed.
   */
  private void makeDurable(long offset, long lengthBytes) {
    boolean oneBlock =
        lengthBytes > 0 && offset >>> blockShift == (offset + lengthBytes - 1) >>> blockShift;
    if (!oneBlock || !forceIfMappingIsDurable(offset, lengthBytes)) {
      flush();
    }
  }

  /**
   * The mapping is looked up before it is asked whether any is not durable: if meanwhile another
   * thread breaks sharing here, the bytes are in two blocks, and a crash brings the old one back.
   */
  private boolean forceIfMappingIsDurable(long offset, long lengthBytes) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      long entry = stored.lookup(offset >>> blockShift);
      if (!isMappingDurable()) {
        return false;
      }
      if (MappingEntry.isData(entry)) {
        long begin = (MappingEntry.dataBlock(entry) << blockShift) + (offset & (blockBytes - 1));
        transactions.forceRange(begin, lengthBytes);
      }
      return true;
    } finally {
      inFlight.exit(slot);
    }
  }

  void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    checkRange(offset, lengthBytes);
    extentWalk().walk(offset, lengthBytes, visitor);
  }

  /**
   * Walks what differs between this device and another of the pool.
   *
   * @param since the device to compare with
   * @param visitor takes the ranges that differ, with what this device has there
   */
  public void changedSince(ThinDevice since, ExtentVisitor visitor) {
    extentWalk().walkDifference(since.stored, sizeBytes, visitor);
  }

  private ExtentWalk extentWalk() {
    return new ExtentWalk(stored, room, blockBytes, externalOrigin != null);
  }

  void checkRange(long offset, long lengthBytes) {
    if (offset < 0 || lengthBytes < 0 || offset > sizeBytes - lengthBytes) {
      throw PoolException.badRequest(
          "range lies outside the device: offset="
              + offset
              + " length="
              + lengthBytes
              + " size="
              + sizeBytes);
    }
  }

  /**
   * Keeps writers out, for a snapshot or a new size. The thread holds no lock and is not in flight.
   */
  public void closeGate() {
    gate.close();
  }

  /** Lets writers in again. */
  public void openGate() {
    gate.open();
  }

  /**
   * Takes over what a snapshot changed in the record. The gate is closed; under the metadata lock.
   */
  public void snapshotted() {
    writer.snapshotted();
  }

  /** Refuses writes from now on. The gate is closed; under the metadata lock. */
  public void sealed() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  /** What somebody wrote is not here, and whether he heard of it is not known. */
  void writeFailed() {
    room.counters().failed(stored.record().id);
  }

  /**
   * Takes over a new size. The gate is closed; under the metadata lock.
   *
   * @param bytes the new size
   */
  public void resized(long bytes) {
    sizeBytes = bytes;
  }

  /**
   * Clears what lies between a smaller size and the end of its last block, so that it reads as
   * zeroes should the device grow again. The gate is closed.
   *
   * @param newSizeBytes the size that the device is about to have
   */
  public void clearTail(long newSizeBytes) {
    long block = newSizeBytes >>> blockShift;
    int within = (int) newSizeBytes & (blockBytes - 1);
    int length = (int) Math.min(blockBytes - within, sizeBytes - newSizeBytes);
    if (within > 0) {
      SpaceSearch search = new SpaceSearch(room.keeper());
      PoolException stopped = clearPart(block, within, length);
      while (stopped != null) {
        search.again(stopped);
        stopped = clearPart(block, within, length);
      }
    }
  }

  private PoolException clearPart(long block, int within, int length) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      writer.write(block, within, Zeroes.of(length), WriteKind.TAIL);
      return null;
    } catch (OutOfDataSpaceException | OutOfMetadataSpaceException e) {
      return e;
    } finally {
      inFlight.exit(slot);
    }
  }

  /** Closes the external origin, if there is one. Nobody uses the device any more. */
  public void close() {
    if (externalOrigin != null) {
      externalOrigin.close();
    }
  }
}
