// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongPredicate;

/**
 * A device in memory that can be told to keep flushes waiting and to fail reads; also the source of
 * itself, by the name "memory".
 */
final class MemoryDevice implements BlockDevice, ExportSource {
  private final byte[] bytes;
  final AtomicInteger flushes = new AtomicInteger();
  final AtomicInteger opens = new AtomicInteger();

  /** While this is closed, flushes wait, and durable writes. */
  volatile CountDownLatch flushGate = new CountDownLatch(0);

  /** Counts down when a flush has begun. */
  volatile CountDownLatch flushBegun = new CountDownLatch(1);

  /** Offsets of reads that fail. */
  volatile LongPredicate failingReads = offset -> false;

  /** How long each read and write takes. */
  volatile long delayNanos;

  /** How many slow reads and writes there were at one time at the most. */
  final LongAccumulator mostAtOnce = new LongAccumulator(Math::max, 0);

  private final AtomicInteger pausing = new AtomicInteger();

  volatile boolean writesMayWait;

  MemoryDevice(int sizeBytes) {
    bytes = new byte[sizeBytes];
  }

  @Override
  public List<String> names() {
    return List.of("memory");
  }

  @Override
  public Optional<String> defaultName() {
    return Optional.of("memory");
  }

  @Override
  public BlockDevice open(String name, boolean readOnly) {
    if (!name.equals("memory")) {
      throw new NoSuchDeviceException("no such export: name=" + name);
    }
    opens.incrementAndGet();
    return this;
  }

  @Override
  public boolean writesMayWait() {
    return writesMayWait;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public int blockSizeBytes() {
    return 4096;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    pause();
    if (failingReads.test(offset)) {
      throw new IllegalStateException("told to fail: offset=" + offset);
    }
    synchronized (bytes) {
      target.put(bytes, (int) offset, target.remaining());
    }
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    pause();
    synchronized (bytes) {
      source.get(bytes, (int) offset, source.remaining());
    }
    if (fua) {
      flush();
    }
  }

  /** Waits until a slow read or write is under way. */
  void awaitSlowRequest() throws InterruptedException {
    while (pausing.get() == 0) {
      Thread.sleep(1);
    }
  }

  private void pause() {
    if (delayNanos > 0) {
      mostAtOnce.accumulate(pausing.incrementAndGet());
      java.util.concurrent.locks.LockSupport.parkNanos(delayNanos);
      pausing.decrementAndGet();
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    synchronized (bytes) {
      java.util.Arrays.fill(bytes, (int) offset, (int) (offset + lengthBytes), (byte) 0);
    }
    if (fua) {
      flush();
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    writeZeroes(offset, lengthBytes, true, false);
  }

  @Override
  public void flush() {
    flushBegun.countDown();
    try {
      flushGate.await();
    } catch (InterruptedException e) {
      throw new PoolException(PoolException.Severity.FATAL, "interrupted", e);
    }
    flushes.incrementAndGet();
  }

  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    visitor.visit(offset, lengthBytes, ExtentKind.DATA);
  }

  @Override
  public void close() {
    opens.decrementAndGet();
  }
}
