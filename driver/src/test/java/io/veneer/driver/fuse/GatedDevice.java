// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A device in memory whose writes and flushes can be kept waiting and made to fail. */
final class GatedDevice implements BlockDevice {
  final byte[] bytes;
  final AtomicInteger flushes = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger closes = new AtomicInteger();

  /** The lengths of the reads and of the writes that arrived. */
  final Queue<Integer> reads = new ConcurrentLinkedQueue<>();

  final Queue<Integer> writes = new ConcurrentLinkedQueue<>();

  /** While this is closed, writes and flushes wait. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  /** What the next requests fail with, or null. */
  volatile RuntimeException failure;

  volatile boolean readOnly;

  GatedDevice(int sizeBytes) {
    bytes = new byte[sizeBytes];
  }

  private void pass() {
    waiting.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new PoolException(PoolException.Severity.FATAL, "interrupted", e);
    } finally {
      waiting.decrementAndGet();
    }
    fail();
  }

  private void fail() {
    RuntimeException wanted = failure;
    if (wanted != null) {
      throw wanted;
    }
  }

  @Override
  public String name() {
    return "gated";
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
    return readOnly;
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    reads.add(target.remaining());
    fail();
    synchronized (bytes) {
      target.put(bytes, (int) offset, target.remaining());
    }
  }

  @Override
  public void write(long offset, ByteBuffer source, boolean fua) {
    writes.add(source.remaining());
    pass();
    synchronized (bytes) {
      source.get(bytes, (int) offset, source.remaining());
    }
    if (fua) {
      flushes.incrementAndGet();
    }
  }

  @Override
  public void writeZeroes(long offset, long lengthBytes, boolean mayUnmap, boolean fua) {
    pass();
    synchronized (bytes) {
      Arrays.fill(bytes, (int) offset, (int) (offset + lengthBytes), (byte) 0);
    }
  }

  @Override
  public void discard(long offset, long lengthBytes) {
    writeZeroes(offset, lengthBytes, true, false);
  }

  @Override
  public void flush() {
    pass();
    flushes.incrementAndGet();
  }

  /** The first half is data, the second a hole. */
  @Override
  public void extents(long offset, long lengthBytes, ExtentVisitor visitor) {
    long half = bytes.length / 2;
    long end = offset + lengthBytes;
    boolean goesOn =
        offset >= half || visitor.visit(offset, Math.min(end, half) - offset, ExtentKind.DATA);
    if (goesOn && end > half) {
      visitor.visit(Math.max(offset, half), end - Math.max(offset, half), ExtentKind.HOLE);
    }
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
