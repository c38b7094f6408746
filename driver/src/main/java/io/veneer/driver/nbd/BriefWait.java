// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Looks out for a client's next bytes for a moment before its thread goes to sleep. To wake a
 * sleeping thread takes ten to twenty microseconds, several times what a small request takes, and a
 * client that waits for a reply sends the next request soon after it.
 *
 * <p>Looking takes a processor. So only so many threads of a server look at once that one processor
 * is left for others, and a connection where looking was in vain looks less and less often.
 *
 * <p>Belongs to the thread that reads the connection's requests; the count of those who look is
 * shared by all.
 */
final class BriefWait {
  private static final long LOOK_NANOS = 50_000;
  private static final int VAIN_MAX = 6;

  /** How many threads of a server may look at once, and how many do. */
  static final class Lookouts {
    private final int max;
    private final AtomicInteger count = new AtomicInteger();

    Lookouts(int max) {
      this.max = max;
    }

    static Lookouts leavingOneProcessor() {
      return new Lookouts(Runtime.getRuntime().availableProcessors() - 1);
    }

    boolean tryEnter() {
      int now = count.get();
      return now < max && count.compareAndSet(now, now + 1);
    }

    void leave() {
      count.decrementAndGet();
    }
  }

  private final Lookouts lookouts;
  private int vain;
  private int skips;

  BriefWait(Lookouts lookouts) {
    this.lookouts = lookouts;
  }

  /**
   * Receives what comes within a moment.
   *
   * @param descriptor of a socket that is open, and stays so meanwhile
   * @param goesOn false ends it early
   * @return bytes received, or 0 for whatever else: ask in the way that waits
   */
  int receive(int descriptor, ByteBuffer target, BooleanSupplier goesOn) {
    if (skips > 0) {
      skips--;
      return 0;
    }
    if (!lookouts.tryEnter()) {
      return 0;
    }
    try {
      int count = look(descriptor, target, goesOn);
      vain = count > 0 ? 0 : Math.min(vain + 1, VAIN_MAX);
      skips = (1 << vain) - 1;
      return count;
    } finally {
      lookouts.leave();
    }
  }

  private static int look(int descriptor, ByteBuffer target, BooleanSupplier goesOn) {
    long start = System.nanoTime();
    int count;
    do {
      count = SocketCalls.receiveNow(descriptor, target);
    } while (count == SocketCalls.NOTHING_YET
        && goesOn.getAsBoolean()
        && System.nanoTime() - start < LOOK_NANOS);
    return Math.max(0, count);
  }
}
