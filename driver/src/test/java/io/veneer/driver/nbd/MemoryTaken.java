// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * What this process has taken of memory since a moment, without what it could give back; that is
 * for a server and its clients, so a little more than the server alone.
 */
final class MemoryTaken {
  /** What driver/README.md grants. */
  private static final long CONNECTION_BYTES = 136 << 10;

  private static final long SHARED_BYTES = 96L << 20;

  /** For what the pool and the test's own threads may take meanwhile. */
  private static final long SLACK_BYTES = 8L << 20;

  /** Objects of a connection at both its ends. */
  private static final long HEAP_BYTES = 16 << 10;

  private static final long SETTLING_MILLIS = 50;

  private final long directBefore;
  private final long heapBefore;

  private MemoryTaken() throws InterruptedException {
    settle();
    this.directBefore = directBytes();
    this.heapBefore = heapBytes();
  }

  static MemoryTaken fromNow() throws InterruptedException {
    return new MemoryTaken();
  }

  /** Fails if so many connections have taken more than is said of them. */
  void requireWithinLimits(int connections) throws InterruptedException {
    long directMax = connections * CONNECTION_BYTES + SHARED_BYTES + SLACK_BYTES;
    settle();
    long direct = directBytes() - directBefore;
    long heap = heapBytes() - heapBefore;
    String found = "connections=" + connections + " directBytes=" + direct + " heapBytes=" + heap;
    assertTrue(direct <= directMax, found);
    assertTrue(heap <= connections * HEAP_BYTES + SLACK_BYTES, found);
  }

  /** Collects until nothing goes any more: buffers are freed by a thread that is told by it. */
  private static void settle() throws InterruptedException {
    long before;
    do {
      before = directBytes();
      System.gc();
      TimeUnit.MILLISECONDS.sleep(SETTLING_MILLIS);
    } while (directBytes() < before);
    System.gc();
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long heapBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
