// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.file.FileOperation.Kind;
import io.veneer.thinpool.file.FileOperation.PoolFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pool's files in memory, for tests: it records all that is done to both files in one sequence,
 * and can fail, fill up, flip bits, and lose in a crash what a disk could lose.
 *
 * <p>A crash keeps all that was written before the last force of the same file. Of the rest it
 * keeps any part, in any order, torn between any two sectors of 512 bytes. A write to a part of a
 * sector counts as a write of that sector as it then was. See {@link CrashKind} and {@link
 * CrashHistory}.
 *
 * <p>It also holds callers to their side: metadata that was not reserved cannot be written.
 *
 * <p>Any thread may call; one lock guards both files. After {@link #close} the files refuse
 * everything, but the methods of this class (history, reopening, flipping) still work.
 */
public final class RecordingPoolFiles implements PoolFiles {
  private final boolean readOnly;
  private final RecordingMetadataFile metadataFile;
  private RecordingDataFile dataFile;

  private SparseBytes metadataAtStart;
  private SparseBytes dataAtStart;
  private final SparseBytes metadata;
  private final SparseBytes data;
  private List<FileOperation> operations = new ArrayList<>();
  private final List<CrashHistory.Note> notes = new ArrayList<>();

  private long capacityBytes = Long.MAX_VALUE;
  private final FaultPlan faults = new FaultPlan();
  private boolean closed;

  RecordingPoolFiles(SparseBytes metadata, SparseBytes data, boolean readOnly) {
    this.metadata = metadata;
    this.data = data;
    this.readOnly = readOnly;
    this.metadataAtStart = metadata.fork();
    this.dataAtStart = data.fork();
    this.metadataFile = new RecordingMetadataFile(this);
  }

  /**
   * Makes empty files.
   *
   * @return new files
   */
  public static RecordingPoolFiles create() {
    return new RecordingPoolFiles(new SparseBytes(), new SparseBytes(), false);
  }

  @Override
  public MetadataFile metadata() {
    return metadataFile;
  }

  @Override
  public synchronized DataFile data(int blockSizeBytes) {
    if (dataFile == null) {
      dataFile = new RecordingDataFile(this, blockSizeBytes);
    }
    return dataFile;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /**
   * How many operations were done so far: the present point of the history.
   *
   * @return number of writes, reservations, punches, truncations and forces
   */
  public synchronized int operationCount() {
    return operations.size();
  }

  /**
   * Notes something at the present point, such as "this write was acknowledged". A crash at this
   * point or later must not undo it.
   *
   * @param what anything; comes back from {@link CrashHistory#notesUntil}
   * @return the present point
   */
  public synchronized int note(Object what) {
    notes.add(new CrashHistory.Note(operations.size(), what));
    return operations.size();
  }

  /**
   * What was done until now, for making crash states of. Does not change any more.
   *
   * @return the history
   */
  public synchronized CrashHistory history() {
    return new CrashHistory(
        metadataAtStart.fork(), dataAtStart.fork(), List.copyOf(operations), List.copyOf(notes));
  }

  /**
   * Forgets the history, as if the files had been made as they are, all durable. For a long
   * preparation that is not what the test is about. Points count from 0 again.
   */
  public synchronized void forgetHistory() {
    metadataAtStart = metadata.fork();
    dataAtStart = data.fork();
    operations = new ArrayList<>();
    notes.clear();
  }

  /**
   * What a crash now would leave.
   *
   * @param kind what becomes of the unforced writes
   * @param seed picks within the kind
   * @return new files
   */
  public RecordingPoolFiles reopenAsCrashed(CrashKind kind, long seed) {
    CrashHistory history = history();
    return new CrashState(history, history.length(), kind, seed).open();
  }

  /**
   * The same contents for another opening: what closing and opening again, or the kill of the
   * process, leaves.
   *
   * @return new files
   */
  public synchronized RecordingPoolFiles reopen() {
    return new RecordingPoolFiles(metadata.fork(), data.fork(), false);
  }

  /**
   * The same contents, for reading only.
   *
   * @return new files
   */
  public synchronized RecordingPoolFiles reopenReadOnly() {
    return new RecordingPoolFiles(metadata.fork(), data.fork(), true);
  }

  /**
   * Lets one operation fail, once. Only those count to which the fault can happen.
   *
   * @param index 0 for the next one
   * @param fault how it fails
   */
  public synchronized void failOnce(long index, HostFault fault) {
    faults.set(index, fault, false);
  }

  /**
   * Lets an operation fail and all after it, until {@link #heal}.
   *
   * @param index 0 for the next one; only those count to which the fault can happen
   * @param fault how they fail
   */
  public synchronized void failFrom(long index, HostFault fault) {
    faults.set(index, fault, true);
  }

  /** Ends failing. */
  public synchronized void heal() {
    faults.clear();
  }

  /**
   * Whether an operation failed since a fault was last asked for; a sweep ends when none did.
   *
   * @return true if one failed
   */
  public synchronized boolean faultRaised() {
    return faults.wasRaised();
  }

  /**
   * Makes the host's disk small.
   *
   * @param bytes room for both files, in whole pages of 4 KiB; what is held already stays
   */
  public synchronized void limitHostBytes(long bytes) {
    capacityBytes = bytes;
  }

  /**
   * What both files hold of the host's disk.
   *
   * @return bytes
   */
  public synchronized long hostBytes() {
    return metadata.heldBytes() + data.heldBytes();
  }

  /**
   * Flips one bit of the metadata file, as a bad disk would, durably and unrecorded.
   *
   * @param offset byte in the file
   * @param bit 0 to 7
   */
  public synchronized void flipMetadataBit(long offset, int bit) {
    flip(metadata, offset, bit);
    flip(metadataAtStart, offset, bit);
  }

  /**
   * Flips one bit of the data file, as a bad disk would, durably and unrecorded.
   *
   * @param offset byte in the file
   * @param bit 0 to 7
   */
  public synchronized void flipDataBit(long offset, int bit) {
    flip(data, offset, bit);
    flip(dataAtStart, offset, bit);
  }

  private static void flip(SparseBytes content, long offset, int bit) {
    byte[] one = content.read(offset, 1);
    one[0] ^= (byte) (1 << bit);
    content.write(offset, ByteBuffer.wrap(one));
  }

  /**
   * Cuts the metadata file off, as somebody with the wrong command would, durably and unrecorded.
   *
   * @param lengthBytes what stays
   */
  public synchronized void cutMetadata(long lengthBytes) {
    metadata.truncate(lengthBytes);
    metadataAtStart.truncate(lengthBytes);
  }

  /**
   * Cuts the data file off, durably and unrecorded.
   *
   * @param lengthBytes what stays
   */
  public synchronized void cutData(long lengthBytes) {
    data.truncate(lengthBytes);
    dataAtStart.truncate(lengthBytes);
  }

  /** The contents of a file as it is now; only under the lock of this. */
  SparseBytes content(PoolFile file) {
    return file == PoolFile.METADATA ? metadata : data;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("files are closed");
    }
  }

  /** Writes, and records it as a write of whole sectors. */
  synchronized void write(PoolFile file, long offset, byte[] bytes) {
    prepare();
    if (faults.raises(file, Kind.WRITE)) {
      if (faults.isShortWrite()) {
        int sectors = bytes.length / FileOperation.SECTOR_BYTES;
        int done = sectors / 2 * FileOperation.SECTOR_BYTES;
        store(file, offset, Arrays.copyOf(bytes, done));
      }
      throw faults.failure("write");
    }
    takeRoom(file, offset, bytes.length);
    store(file, offset, bytes);
  }

  private void store(PoolFile file, long offset, byte[] bytes) {
    if (bytes.length > 0) {
      SparseBytes content = content(file);
      content.write(offset, ByteBuffer.wrap(bytes));
      long start = offset - offset % FileOperation.SECTOR_BYTES;
      long end = offset + bytes.length + FileOperation.SECTOR_BYTES - 1;
      int length = (int) (end - end % FileOperation.SECTOR_BYTES - start);
      record(file, Kind.WRITE, start, length, content.read(start, length));
    }
  }

  /** Takes room and records it. */
  synchronized void reserve(PoolFile file, long offset, long length) {
    prepare();
    if (faults.raises(file, Kind.RESERVE)) {
      throw faults.failure("reserve");
    }
    takeRoom(file, offset, length);
    record(file, Kind.RESERVE, offset, length, null);
  }

  private void takeRoom(PoolFile file, long offset, long length) {
    long missing = content(file).missingBytes(offset, length);
    if (missing > 0 && hostBytes() + missing > capacityBytes) {
      throw new HostSpaceException("the host's disk is full; free space on the host: file=" + file);
    }
    content(file).reserve(offset, length);
  }

  /** Takes room for a block before a store in it; part of that store, so not recorded. */
  synchronized void takeBlockRoom(long offset, long length) {
    prepare();
    takeRoom(PoolFile.DATA, offset, length);
  }

  synchronized void punch(long offset, long length) {
    prepare();
    if (faults.raises(PoolFile.DATA, Kind.PUNCH)) {
      throw faults.failure("punch");
    }
    long end = Math.min(offset + length, data.lengthBytes());
    if (end > offset) {
      data.punch(offset, end - offset);
      record(PoolFile.DATA, Kind.PUNCH, offset, end - offset, null);
    }
  }

  synchronized void truncate(long offset) {
    prepare();
    if (faults.raises(PoolFile.DATA, Kind.TRUNCATE)) {
      throw faults.failure("truncate");
    }
    if (offset < data.lengthBytes()) {
      data.truncate(offset);
      record(PoolFile.DATA, Kind.TRUNCATE, offset, 0, null);
    }
  }

  /** Forces a range, or all when the length is 0. */
  synchronized void force(PoolFile file, long offset, long length) {
    prepare();
    if (faults.raises(file, Kind.FORCE)) {
      record(file, Kind.FAILED_FORCE, offset, length, null);
      throw faults.failure("force");
    }
    record(file, Kind.FORCE, offset, length, null);
  }

  private void prepare() {
    checkOpen();
    if (readOnly) {
      throw new ReadOnlyException("files are open for reading only");
    }
  }

  private void record(PoolFile file, Kind kind, long offset, long length, byte[] bytes) {
    operations.add(new FileOperation(file, kind, offset, length, bytes));
  }
}
