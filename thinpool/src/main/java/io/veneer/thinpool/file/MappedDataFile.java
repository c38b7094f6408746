// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data file on the host: in place through memory mappings, new blocks by positional writes.
 *
 * <p>The file is as long as its highest block that was ever filled or given room; segments are
 * mapped beyond that as they are used, so a pool may be far larger than the host's longest file.
 *
 * <p><b>Room before stores.</b> A store into a mapped hole on a full disk is a signal, not an
 * error. So the first such store to a block since opening is preceded by {@code fallocate}, which
 * answers with an errno; {@link RoomMap} remembers it. On a file system that writes each time to a
 * new place room means nothing, so there every write is a positional one ({@link FileSystemKind}).
 * On tmpfs even reading a hole takes room, so a block not known to have any is looked at first. Not
 * covered: a pool copied with shared extents ({@code cp --reflink}) onto a disk that then fills up.
 *
 * <p><b>New blocks by one positional write</b> ({@link BlockFiller}), as the figures there advise.
 *
 * <p>Threads: any, at once; reads and in-place writes take no lock and leave no garbage. Owns the
 * file and its mappings, which end with {@link #close}.
 */
final class MappedDataFile implements DataFile {
  private static final Logger LOG = LoggerFactory.getLogger(MappedDataFile.class);
  private static final int SEGMENT_BYTES = 1 << 30;
  private static final int PAGE_BYTES = 4096;

  /**
   * From here on one call costs less than a copy through the mapping, where each page is looked up
   * by the processor alone: measured on 1 GiB in the page cache, at random places, on a virtual
   * machine, 1.4 against 3 microseconds for 4 KiB, 6 against 5 for 16 KiB, 20 against 10 for 64 KiB
   * and 600 against 115 for 1 MiB; stores as in {@link BlockFiller}.
   */
  private static final int POSITIONAL_BYTES_MIN = 16 << 10;

  private final HostFile file;
  private final boolean readOnly;
  private final int blockShift;
  private final boolean storesByMapping;
  private final boolean readingTakesRoom;
  private final MappedSegments segments;
  private final RoomMap room = new RoomMap();
  private final StoredPages stored = new StoredPages();
  private final BlockFiller filler;
  private final AtomicBoolean punchMissed = new AtomicBoolean();

  /** Never more than the file's length; grows under the lock of this. */
  private volatile long lengthBytes;

  /** Where what was cut off before the file was opened ends. */
  private long lostEnd;

  private boolean closed;

  MappedDataFile(HostFile file, int blockSizeBytes, boolean readOnly) {
    this.file = file;
    this.readOnly = readOnly;
    this.blockShift = Integer.numberOfTrailingZeros(blockSizeBytes);
    FileSystemKind kind = file.fileSystem();
    this.storesByMapping = kind.keepsPlace(file);
    this.readingTakesRoom = kind == FileSystemKind.MEMORY;
    this.segments = new MappedSegments(file, readOnly, SEGMENT_BYTES);
    this.filler = new BlockFiller(file, segments, blockSizeBytes);
    this.lengthBytes = file.lengthBytes();
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    int start = target.position();
    int length = target.remaining();
    int inFile = bytesInFile(offset, length);
    load(offset, target, start, inFile);
    if (inFile < length) {
      checkNotLost(offset + inFile);
      clear(target, start + inFile, length - inFile);
    }
    target.position(start + length);
  }

  /** Reads what lies in the file; piece by piece, as segments or, where need be, blocks go. */
  private void load(long offset, ByteBuffer target, int start, int length) {
    int done = 0;
    if (length >= POSITIONAL_BYTES_MIN && target.isDirect()) {
      readByCall(offset, target, start, length);
      return;
    }
    while (done < length) {
      long from = offset + done;
      int index = segments.indexIn(from);
      int part = Math.min(length - done, SEGMENT_BYTES - index);
      if (readingTakesRoom) {
        part = (int) Math.min(part, bytesToBlockEnd(from));
      }
      boolean mapped = !readingTakesRoom || canBeTouched(from);
      if (!mapped
          || !GuardedCopy.load(segments.at(from).bytes, index, target, start + done, part)) {
        readByCall(from, target, start + done, part);
      }
      done += part;
    }
  }

  /** The call hides that a file was cut off: what is missing reads as zeroes. */
  private void readByCall(long offset, ByteBuffer target, int at, int length) {
    if (!IoVector.ofThisThread().read(file, offset, target, at, length)) {
      checkNotCut();
    }
  }

  /** For positional calls, which hide that the file was cut off. */
  private void checkNotCut() {
    long expected = lengthBytes; // before the host is asked: another thread may lengthen the file
    long hostLength = file.lengthBytes();
    if (hostLength < expected) {
      throw new PoolIoException(
          "data file was cut off while it was in use: file="
              + file.path()
              + " lengthBytes="
              + hostLength
              + " expected="
              + expected);
    }
  }

  /** Whether reading a block through the mapping takes no room, by what is known or on the disk. */
  private boolean canBeTouched(long offset) {
    long block = offset >>> blockShift;
    if (!room.has(block)) {
      long start = block << blockShift;
      if (file.nextHole(start) < start + blockBytes()) {
        return false;
      }
      room.add(block);
    }
    return true;
  }

  private static void clear(ByteBuffer target, int start, int length) {
    ByteBuffer zeroes = IoVector.zeroes();
    int done = 0;
    while (done < length) {
      int part = Math.min(length - done, zeroes.capacity());
      target.put(start + done, zeroes, 0, part);
      done += part;
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    int length = source.remaining();
    checkInPlace(offset);
    int before = storesBefore(offset, length);
    if (before < StoredPages.BY_CALL
        || !haveRoom(offset, length)
        || !store(offset, source, source.position(), length, before)) {
      int start = source.position();
      IoVector vector = IoVector.ofThisThread();
      vector.add(source);
      source.position(start); // until it is written
      writeInPlace(vector, offset, length);
    }
    source.position(source.limit());
  }

  @Override
  public void zero(long offset, int lengthBytes) {
    checkInPlace(offset);
    int before = storesBefore(offset, lengthBytes);
    if (before < StoredPages.BY_CALL
        || !haveRoom(offset, lengthBytes)
        || !storeZeroes(offset, lengthBytes, before)) {
      IoVector vector = IoVector.ofThisThread();
      vector.addZeroes(lengthBytes);
      writeInPlace(vector, offset, lengthBytes);
    }
  }

  /** What counts for the choice between the mapping and a positional write; notes a store. */
  private int storesBefore(long offset, int length) {
    boolean mayStore =
        length < POSITIONAL_BYTES_MIN && length <= SEGMENT_BYTES - segments.indexIn(offset);
    return mayStore ? stored.note(offset, length) : 0;
  }

  private boolean store(long offset, ByteBuffer source, int at, int length, int before) {
    ByteBuffer segment = segments.at(offset).bytes;
    long nanosBefore = stored.beforeStore(before);
    boolean arrived = GuardedCopy.store(segment, segments.indexIn(offset), source, at, length);
    stored.afterStore(nanosBefore, length);
    return arrived;
  }

  private boolean storeZeroes(long offset, int length, int before) {
    ByteBuffer zeroes = IoVector.zeroes();
    boolean arrived = true;
    for (int done = 0; done < length && arrived; done += zeroes.capacity()) {
      int part = Math.min(length - done, zeroes.capacity());
      arrived = store(offset + done, zeroes, 0, part, before);
    }
    return arrived;
  }

  private void writeInPlace(IoVector vector, long offset, int length) {
    checkNotCut();
    file.write(vector, offset);
    lengthen(offset + length);
  }

  private void checkInPlace(long offset) {
    checkWritable();
    if (offset < 0) {
      throw new IllegalArgumentException("before the file: offset=" + offset);
    }
  }

  /** Whether bytes may be stored through the mapping; takes room for their blocks if need be. */
  private boolean haveRoom(long offset, int length) {
    long last = offset + length - 1 >>> blockShift;
    boolean all = true;
    for (long block = offset >>> blockShift; all && block <= last; block++) {
      all = room.has(block) || takeRoom(block);
    }
    return all;
  }

  private boolean takeRoom(long block) {
    if (!storesByMapping || !file.allocate(block << blockShift, blockBytes())) {
      return false;
    }
    filled(block << blockShift, blockBytes());
    return true;
  }

  @Override
  public void writeNew(long offset, ByteBuffer source) {
    checkWritable();
    int length = source.remaining();
    checkWholeBlocks(offset, length);
    filler.fill(offset, source);
    filled(offset, length);
  }

  @Override
  public void copyPatched(long fromOffset, long toOffset, int patchOffset, ByteBuffer patch) {
    checkWritable();
    checkWholeBlocks(fromOffset, 0);
    checkPatch(toOffset, patchOffset, patch);
    checkNotCut();
    filler.copy(fromOffset, bytesInFile(fromOffset, blockBytes()), toOffset, patchOffset, patch);
    filled(toOffset, blockBytes());
  }

  @Override
  public void zeroPatched(long toOffset, int patchOffset, ByteBuffer patch) {
    checkWritable();
    checkPatch(toOffset, patchOffset, patch);
    filler.zero(toOffset, patchOffset, patch);
    filled(toOffset, blockBytes());
  }

  /** Notes that blocks have room and lie in the file. */
  private void filled(long offset, long length) {
    lengthen(offset + length);
    if (storesByMapping) {
      long end = offset + length >>> blockShift;
      for (long block = offset >>> blockShift; block < end; block++) {
        room.add(block);
      }
    }
  }

  private void lengthen(long end) {
    if (end > lengthBytes) {
      synchronized (this) {
        lengthBytes = Math.max(lengthBytes, end);
      }
    }
  }

  @Override
  public boolean matches(long offset, ByteBuffer expected) {
    return ByteComparison.matches(this, offset, expected);
  }

  @Override
  public boolean gainsFromRoomAhead() {
    return storesByMapping && !readingTakesRoom;
  }

  @Override
  public void reserve(long offset, long lengthBytes) {
    checkWritable();
    try {
      if (!file.allocate(offset, lengthBytes)) {
        // No such call here: then stores go by positional writes, which can fail without harm.
        return;
      }
    } catch (PoolException e) {
      lengthen(file.lengthBytes()); // ext4 keeps what it found, and has lengthened the file for it
      throw e;
    }
    long firstWhole = offset + blockBytes() - 1 >>> blockShift << blockShift;
    long endWhole = offset + lengthBytes >>> blockShift << blockShift;
    lengthen(offset + lengthBytes);
    filled(firstWhole, Math.max(0, endWhole - firstWhole));
  }

  @Override
  public void punch(long offset, long lengthBytes) {
    checkWritable();
    long end = Math.min(offset + lengthBytes, this.lengthBytes);
    if (offset >= end) {
      return;
    }
    long endBlock = end - 1 >>> blockShift;
    for (long block = offset >>> blockShift; block <= endBlock; block++) {
      room.remove(block);
    }
    if (!file.punch(offset, end - offset) && punchMissed.compareAndSet(false, true)) {
      LOG.info("host file system cannot punch holes, freed blocks keep room: {}", file.path());
    }
  }

  @Override
  public void expectLength(long expectedBytes) {
    lostEnd = expectedBytes;
  }

  private void checkNotLost(long offset) {
    if (offset >= lengthBytes && offset < lostEnd) {
      throw new PoolIoException(
          "data file was cut off, and what is to be read is lost; bring it back from a copy: file="
              + file.path()
              + " offset="
              + offset
              + " lengthBytes="
              + lengthBytes
              + " expected="
              + lostEnd);
    }
  }

  @Override
  public void truncate(long offset) {
    checkWritable();
    synchronized (this) {
      if (offset < lengthBytes) {
        file.setLength(offset);
        lengthBytes = offset;
        room.removeFrom(offset >>> blockShift);
      }
    }
  }

  @Override
  public void force() {
    checkWritable();
    stored.forgetAll();
    file.force();
  }

  @Override
  public void force(long offset, long lengthBytes) {
    checkWritable();
    long start = offset & -PAGE_BYTES;
    long end = Math.min(offset + lengthBytes, this.lengthBytes);
    if (end <= start) {
      return;
    }
    stored.forget(start, end - start);
    if (end - start <= SEGMENT_BYTES - segments.indexIn(start)) {
      // Forces the file's pages of that range, those of positional writes too.
      file.forceMapped(segments.address(start), end - start);
    } else {
      file.force();
    }
  }

  @Override
  public long lengthBytes() {
    return lengthBytes;
  }

  @Override
  public long hostBytes() {
    return file.heldBytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      segments.close();
      file.close();
    }
  }

  private int bytesInFile(long offset, int length) {
    if (offset < 0) {
      throw new IllegalArgumentException("before the file: offset=" + offset);
    }
    return (int) Math.max(0, Math.min(length, lengthBytes - offset));
  }

  private int blockBytes() {
    return 1 << blockShift;
  }

  private long bytesToBlockEnd(long offset) {
    return blockBytes() - (offset & (blockBytes() - 1));
  }

  private void checkWritable() {
    if (readOnly) {
      throw new ReadOnlyException("pool is open for reading only: file=" + file.path());
    }
  }

  private void checkWholeBlocks(long offset, int length) {
    if (offset < 0 || ((offset | length) & (blockBytes() - 1)) != 0) {
      throw new IllegalArgumentException(
          "no whole blocks: offset=" + offset + " lengthBytes=" + length);
    }
  }

  private void checkPatch(long toOffset, int patchOffset, ByteBuffer patch) {
    checkWholeBlocks(toOffset, 0);
    if (patchOffset < 0 || patchOffset > blockBytes() - patch.remaining()) {
      throw new IllegalArgumentException(
          "patch is not inside the block: patchOffset="
              + patchOffset
              + " lengthBytes="
              + patch.remaining());
    }
  }
}
