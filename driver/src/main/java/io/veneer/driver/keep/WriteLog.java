// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * What was written to kept devices and would be lost with the process, in memory that outlives it.
 * A pool that is opened after its server was killed has the mappings of its last commit, and of
 * what was written in place to the blocks of these also the last byte; with what is in here it has
 * all that was answered. A loss of power ends who was answered too, so against that nothing more is
 * needed.
 *
 * <pre>
 * 0      magic u64 | head u64 | tail u64 | needed u64
 * 4096   ring of records: length u32, all of it, in eights | kind u32 | device u32 | 4 bytes
 *        | offset u64 | bytes u64 | commit u64 | a write's bytes
 * </pre>
 *
 * <p>Head and tail count bytes and only grow; a place in the ring is the remainder by its size. A
 * record stands in one piece, and a record without meaning fills what is left before the end. A
 * record is made after the work that it tells of and before that is answered, so what counts is
 * what lies before the tail; records are dropped from the head once a flush of their device, or a
 * commit of the pool, that began after the work has ended.
 *
 * <p>There are commits that the log does not hear of, and writers of the same devices that do not
 * log. So each record has the number of the first commit that is sure to have it, and the next
 * server, which knows how far the pool was committed, drops those that are in it: else it would
 * write over what somebody else wrote and flushed later, or want room for what was discarded long
 * ago. What it does not drop is repeated in its order, all of it, however often that is begun. Two
 * writes to one place at the same time may be logged in the other order; who does that knows
 * neither way what is there.
 *
 * <p>There are times when these numbers tell nothing. A server that was killed while it repeated
 * has made commits of its own, which reach the numbers of records that it did not get to. And what
 * a commit that failed has left on disk may have its number. So no record is dropped for its number
 * while the head lies before {@code needed}, which counts bytes as head and tail do: a server that
 * begins to repeat sets it to the tail, and the head reaches it when all is repeated and durable; a
 * failed commit sets it to {@link #ALL_NEEDED}, until the next server begins to repeat.
 *
 * <p>Any thread; one at a time adds a record.
 */
public final class WriteLog {
  /** How much is logged before the pool is asked for a commit, by default. */
  public static final int DEFAULT_BYTES = 64 << 20;

  private static final long MAGIC = 0x32676f6c72656e76L;
  private static final int MAGIC_AT = 0;
  private static final int HEAD_AT = 8;
  private static final int TAIL_AT = 16;
  private static final int NEEDED_AT = 24;
  private static final long ALL_NEEDED = Long.MAX_VALUE;
  private static final int RING_AT = 4096;

  private static final int LENGTH_FIELD = 0;
  private static final int KIND_FIELD = 4;
  private static final int DEVICE_FIELD = 8;
  private static final int OFFSET_FIELD = 16;
  private static final int BYTES_FIELD = 24;
  private static final int COMMIT_FIELD = 32;
  private static final int HEADER_BYTES = 40;
  private static final int ALIGNMENT = 8;

  private static final int FILLER = 0;
  private static final int WRITE = 1;
  private static final int ZEROES = 2;
  private static final int DISCARD = 3;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer memory;
  private final int ringBytes;

  /** Of each device that has records in need of a flush: where the first and the last begin. */
  private final Map<Integer, long[]> unflushed = new HashMap<>();

  /** A device's last record, which may have been dropped: where it begins, and its commit. */
  private record Newest(long at, long commit) {}

  private final Map<Integer, Newest> newest = new ConcurrentHashMap<>();

  private volatile long head;
  private long tail;
  private volatile boolean ended;

  private WriteLog(ByteBuffer memory) {
    this.memory = memory.order(ByteOrder.nativeOrder());
    this.ringBytes = memory.capacity() - RING_AT;
    this.head = (long) LONGS.getAcquire(memory, HEAD_AT);
    this.tail = Math.max(head, (long) LONGS.getAcquire(memory, TAIL_AT));
  }

  /** An empty log in memory of this size; the descriptor stays the caller's. */
  static WriteLog create(int descriptor, int bytes) throws IOException {
    try (FileChannel channel = open(descriptor)) {
      ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, RING_AT + (long) bytes);
      memory.order(ByteOrder.nativeOrder()).putLong(MAGIC_AT, MAGIC);
      return new WriteLog(memory);
    }
  }

  /** What an earlier process left. */
  static WriteLog open(int descriptor, Path from) throws IOException {
    try (FileChannel channel = open(descriptor)) {
      ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      if (memory.order(ByteOrder.nativeOrder()).getLong(MAGIC_AT) != MAGIC) {
        throw new IOException("what is kept is of another version of veneer: keeper=" + from);
      }
      return new WriteLog(memory);
    }
  }

  private static FileChannel open(int descriptor) throws IOException {
    return FileChannel.open(
        Path.of("/proc/self/fd/" + descriptor), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * A device whose writes are logged.
   *
   * @param device the device; closed with what is returned
   * @param deviceId its id
   * @param commits its pool's; one is asked for when the log is full
   * @return the same device
   */
  public BlockDevice logging(BlockDevice device, int deviceId, PoolCommits commits) {
    return device.isReadOnly() ? device : new LoggedDevice(device, deviceId, this, commits);
  }

  boolean wrote(int device, long offset, ByteBuffer bytes, PoolCommits commits) {
    return add(WRITE, device, offset, bytes.remaining(), bytes, commits);
  }

  boolean zeroed(int device, long offset, long bytes, PoolCommits commits) {
    return add(ZEROES, device, offset, bytes, null, commits);
  }

  boolean discarded(int device, long offset, long bytes, PoolCommits commits) {
    return add(DISCARD, device, offset, bytes, null, commits);
  }

  /** Logs nothing from now on, as nobody will repeat it. */
  public void end() {
    ended = true;
  }

  private boolean add(
      int kind, int device, long offset, long bytes, ByteBuffer data, PoolCommits commits) {
    return ended || addRecord(kind, device, offset, bytes, data, commits);
  }

  /** False if there is no room; then {@link #covered} makes some. */
  private synchronized boolean addRecord(
      int kind, int device, long offset, long bytes, ByteBuffer data, PoolCommits commits) {
    int length = HEADER_BYTES + (data == null ? 0 : data.remaining());
    length = (length + ALIGNMENT - 1) & -ALIGNMENT;
    long at = placeFor(length);
    if (at + length - head > ringBytes) {
      return false;
    }
    if (at > tail) {
      putHeader(tail, (int) (at - tail), FILLER);
    }
    int place = putHeader(at, length, kind);
    memory.putInt(place + DEVICE_FIELD, device);
    memory.putLong(place + OFFSET_FIELD, offset);
    memory.putLong(place + BYTES_FIELD, bytes);
    long commit = commits.next(); // asked in here, so that none is less than one before it
    memory.putLong(place + COMMIT_FIELD, commit);
    if (data != null) {
      memory.put(place + HEADER_BYTES, data, data.position(), data.remaining());
    }
    unflushed.computeIfAbsent(device, same -> new long[] {at, at})[1] = at;
    newest.put(device, new Newest(at, commit));
    tail = at + length;
    LONGS.setRelease(memory, TAIL_AT, tail);
    return true;
  }

  /** Where a record of this length can stand in one piece. */
  private long placeFor(int length) {
    long left = ringBytes - tail % ringBytes;
    return length <= left ? tail : tail + left;
  }

  private int putHeader(long at, int length, int kind) {
    int place = place(at);
    memory.putInt(place + LENGTH_FIELD, length);
    memory.putInt(place + KIND_FIELD, kind);
    return place;
  }

  private int place(long at) {
    return RING_AT + (int) (at % ringBytes);
  }

  /**
   * Has everything made durable, and drops what was there before.
   *
   * @param commits of the pool
   * @throws io.veneer.thinpool.PoolException if there was no commit
   */
  public void covered(PoolCommits commits) {
    long mark = mark();
    if (mark > head) {
      orNeedAll(commits::commit, commits);
      dropAll(mark);
    }
  }

  /** The same for one device only, which may be cheaper. */
  void coveredOf(int device, Runnable flush, PoolCommits commits) {
    long mark = mark();
    orNeedAll(flush, commits);
    drop(device, mark);
  }

  private void orNeedAll(Runnable durable, PoolCommits commits) {
    try {
      durable.run();
    } catch (RuntimeException | Error e) {
      dropAndNeedRest(commits.last(), ALL_NEEDED);
      throw e;
    }
  }

  /**
   * Drops what the pool has; all that is left is to be repeated, and then {@link #covered}. For the
   * next server, while nobody else uses the log, and before its pool makes a commit of its own.
   *
   * @param commit the last one before the pool was opened
   */
  public void dropCommitted(long commit) {
    dropAndNeedRest(commit, 0);
  }

  /** Drops what a commit has, if numbers count, and has them not count for what is left. */
  private synchronized void dropAndNeedRest(long commit, long needed) {
    long first = head;
    if (first >= (long) LONGS.getAcquire(memory, NEEDED_AT)) {
      while (first < tail && isIn(commit, place(first))) {
        first += memory.getInt(place(first) + LENGTH_FIELD);
      }
    }
    LONGS.setRelease(memory, HEAD_AT, first);
    LONGS.setRelease(memory, NEEDED_AT, Math.max(needed, tail));
    head = first;
  }

  private boolean isIn(long commit, int place) {
    return memory.getInt(place + KIND_FIELD) == FILLER
        || memory.getLong(place + COMMIT_FIELD) <= commit;
  }

  /**
   * Whether something would be repeated to a device though it may be durable, if the pool is found
   * at this commit or a later one.
   */
  boolean wouldRepeat(int device, long commit) {
    Newest last = newest.get(device);
    return last != null && last.at() >= head && (last.commit() > commit || isAllNeeded());
  }

  private boolean isAllNeeded() {
    return (long) LONGS.getAcquire(memory, NEEDED_AT) == ALL_NEEDED;
  }

  private synchronized long mark() {
    return tail;
  }

  private synchronized void dropAll(long mark) {
    unflushed.keySet().stream().toList().forEach(device -> forget(device, mark));
    moveHead();
  }

  private synchronized void drop(int device, long mark) {
    forget(device, mark);
    moveHead();
  }

  private void forget(int device, long mark) {
    unflushed.computeIfPresent(
        device,
        (same, places) -> {
          places[0] = Math.max(places[0], mark);
          return places[1] < mark ? null : places;
        });
  }

  private void moveHead() {
    long first = unflushed.values().stream().mapToLong(places -> places[0]).min().orElse(tail);
    first = Math.max(first, head); // committed records may have been dropped before
    if (first == tail && tail % ringBytes != 0) {
      // From the beginning again: those pages are there, and what lies behind may never be needed.
      first = tail + ringBytes - tail % ringBytes;
      tail = first;
    }
    // The head first: a tail before it is none, but what lies behind the last record is no record.
    LONGS.setRelease(memory, HEAD_AT, first);
    LONGS.setRelease(memory, TAIL_AT, tail);
    head = first; // last: who sees it relies on nothing before it being repeated
  }

  /**
   * Does again what the log has, in its order. Nobody else uses the log or the devices meanwhile.
   *
   * @param devices the device of an id, or null where it is to be left out
   * @param failures is told of a device that fails and how, and then asked for no more of it
   */
  public void repeat(
      IntFunction<BlockDevice> devices, BiConsumer<Integer, RuntimeException> failures) {
    Set<Integer> failed = new HashSet<>();
    long at = head;
    while (at < tail) {
      int place = place(at);
      if (memory.getInt(place + KIND_FIELD) != FILLER) {
        int id = memory.getInt(place + DEVICE_FIELD);
        BlockDevice device = failed.contains(id) ? null : devices.apply(id);
        try {
          if (device != null) {
            repeat(device, place);
          }
        } catch (RuntimeException e) {
          failed.add(id);
          failures.accept(id, e);
        }
      }
      at += memory.getInt(place + LENGTH_FIELD);
    }
  }

  /** What lies behind the end was cut off after it was written, and that is durable. */
  private void repeat(BlockDevice device, int place) {
    long offset = memory.getLong(place + OFFSET_FIELD);
    long bytes = Math.min(memory.getLong(place + BYTES_FIELD), device.sizeBytes() - offset);
    if (bytes <= 0) {
      return;
    }
    int kind = memory.getInt(place + KIND_FIELD);
    switch (kind) {
      case WRITE -> device.write(offset, memory.slice(place + HEADER_BYTES, (int) bytes), false);
      case ZEROES -> device.writeZeroes(offset, bytes, true, false);
      case DISCARD -> device.discard(offset, bytes);
      default -> throw new IllegalStateException("unknown record in the write log: kind=" + kind);
    }
  }
}
