// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers, readers and a snapshot taker on the same devices at once, on real files.
 *
 * <p>Each writer numbers its 4 KiB writes and goes round its own places, so a snapshot that is one
 * point in time holds, for each writer, the last numbers without a gap, and at least the last one
 * acknowledged before it was taken. Every stamp names its device, so a reader that came to a block
 * of another device, or to a torn mapping, sees it.
 */
class PointInTimeTest {
  private static final int DEVICES = 3;
  private static final int WRITERS = 3;
  private static final int PLACES = 64;
  private static final int WRITE_BYTES = 4096;
  private static final int STRIDE_BYTES = 9 * WRITE_BYTES;
  private static final long DEVICE_BYTES = 32L << 20;
  private static final long SECONDS = Long.getLong("veneer.race.seconds", 6);

  /** How much longer a loaded machine may take until there was enough of everything. */
  private static final long SLOW_SECONDS = 300;

  private static final int KEPT_SNAPSHOTS = 5;
  private static final long NUMBER_MASK = (1L << 48) - 1;

  @TempDir Path folder;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLong snapshots = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final List<AtomicLongArray> acknowledged = new ArrayList<>();
  private ThinPool pool;
  private int blockBytes;
  private volatile boolean over;

  @ParameterizedTest
  @ValueSource(ints = {4096, 65536})
  void snapshotIsAPointInTimeAndNobodySeesForeignBytes(int blockSizeBytes) throws Exception {
    blockBytes = blockSizeBytes;
    ThinPool.create(
        folder.resolve("pool"), PoolOptions.ofSize(2L << 30).withBlockSize(blockSizeBytes));
    pool = ThinPool.open(folder.resolve("pool"));
    try {
      race();
      assertTrue(sawEnough(), "snapshots=" + snapshots + " reads=" + reads);
      removeAll();
    } finally {
      pool.close();
    }
  }

  private void race() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < DEVICES; i++) {
      int device = i;
      pool.createDevice(nameOf(device), DEVICE_BYTES);
      acknowledged.add(new AtomicLongArray(WRITERS));
      for (int j = 0; j < WRITERS; j++) {
        int writer = j;
        threads.add(new Thread(() -> guarded(() -> write(device, writer))));
      }
      threads.add(new Thread(() -> guarded(() -> read(device))));
    }
    threads.add(new Thread(() -> guarded(this::takeSnapshots)));
    threads.forEach(Thread::start);
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    long latest = end + SLOW_SECONDS * 1_000_000_000L;
    while (!over && (System.nanoTime() < end || !sawEnough() && System.nanoTime() < latest)) {
      Thread.sleep(20);
    }
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  private boolean sawEnough() {
    return snapshots.get() > 10 && reads.get() > 100;
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      over = true;
    }
  }

  private static String nameOf(int device) {
    return "device" + device;
  }

  private static long stamp(int device, int writer, long number) {
    return (long) (device + 1) << 56 | (long) writer << 48 | number;
  }

  private static long placeOf(int writer, long number) {
    return ((long) writer * PLACES + number % PLACES) * STRIDE_BYTES;
  }

  private void write(int device, int writer) {
    Random random = new Random(31L * device + writer);
    ByteBuffer bytes = ByteBuffer.allocateDirect(WRITE_BYTES);
    try (BlockDevice open = pool.openDevice(nameOf(device))) {
      for (long number = 1; !over; number++) {
        fill(bytes, stamp(device, writer, number));
        open.write(placeOf(writer, number), bytes, false);
        acknowledged.get(device).set(writer, number);
        if (number % 5000 == 0) {
          open.flush();
        }
        if (number % 97 == 0) {
          churn(open, device, random, bytes);
        }
      }
    }
  }

  private static void fill(ByteBuffer bytes, long stamp) {
    bytes.clear();
    while (bytes.hasRemaining()) {
      bytes.putLong(stamp);
    }
    bytes.flip();
  }

  /**
   * Provisions and discards blocks behind the places that are numbered, so that blocks change
   * hands.
   */
  private void churn(BlockDevice open, int device, Random random, ByteBuffer bytes) {
    long begin = (placeOf(WRITERS, 0) / blockBytes + 1) * blockBytes;
    long offset = begin + (long) random.nextInt(200) * STRIDE_BYTES / blockBytes * blockBytes;
    if (random.nextBoolean()) {
      fill(bytes, stamp(device, 0, 0));
      open.write(offset, bytes, false);
    } else {
      open.discard(offset, (1L + random.nextInt(12)) * blockBytes);
    }
  }

  private void read(int device) {
    Random random = new Random(device);
    ByteBuffer bytes = ByteBuffer.allocateDirect(65536);
    try (BlockDevice open = pool.openDevice(nameOf(device))) {
      while (!over) {
        bytes.clear();
        open.read(65536L * random.nextInt((int) (DEVICE_BYTES / 65536)), bytes);
        for (int at = 0; at < bytes.capacity(); at += 512) {
          long found = bytes.getLong(at);
          require(found == 0 || found >>> 56 == device + 1, "foreign bytes", device, found);
        }
        reads.incrementAndGet();
      }
    }
  }

  private void takeSnapshots() {
    Random random = new Random(7);
    Deque<String> kept = new ArrayDeque<>();
    while (!over) {
      int device = random.nextInt(DEVICES);
      String name = "snapshot" + snapshots.get();
      long[] before = new long[WRITERS];
      for (int writer = 0; writer < WRITERS; writer++) {
        before[writer] = acknowledged.get(device).get(writer);
      }
      pool.createSnapshot(name, nameOf(device));
      check(name, device, before);
      snapshots.incrementAndGet();
      kept.add(name);
      if (kept.size() > KEPT_SNAPSHOTS) {
        pool.removeDevice(kept.remove());
      }
    }
  }

  private void check(String name, int device, long[] before) {
    try (BlockDevice open = pool.openDeviceReadOnly(name)) {
      for (int writer = 0; writer < WRITERS; writer++) {
        long[] numbers = new long[PLACES];
        long last = 0;
        for (int place = 0; place < PLACES; place++) {
          numbers[place] = numberAt(open, device, writer, place);
          last = Math.max(last, numbers[place]);
        }
        require(last >= before[writer], "an acknowledged write is missing", device, last);
        for (long number = last; number > Math.max(0, last - PLACES); number--) {
          require(numbers[(int) (number % PLACES)] == number, "a gap before", device, number);
        }
      }
    }
  }

  private static long numberAt(BlockDevice open, int device, int writer, int place) {
    ByteBuffer bytes = ByteBuffer.allocate(WRITE_BYTES);
    open.read(placeOf(writer, place), bytes);
    long found = bytes.getLong(0);
    for (int at = 0; at < WRITE_BYTES; at += Long.BYTES) {
      require(bytes.getLong(at) == found, "a write cut in two", device, found);
    }
    long owner = stamp(device, writer, 0);
    require(found == 0 || (found & ~NUMBER_MASK) == owner, "foreign bytes", device, found);
    return found & NUMBER_MASK;
  }

  private static void require(boolean holds, String what, int device, long value) {
    if (!holds) {
      throw new IllegalStateException(
          what + ": device=" + device + " value=" + Long.toHexString(value));
    }
  }

  private void removeAll() {
    for (DeviceInfo device : pool.devices()) {
      pool.removeDevice(device.name());
    }
    pool.awaitRemovals();
    assertEquals(0, pool.status().usedDataBytes());
    assertEquals(0, pool.status().usedMetadataBytes());
    assertEquals(0, pool.status().pendingDataBytes());
  }
}
