// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.transaction;

import io.veneer.thinpool.PoolException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Who is inside the pool right now: the answer to "may this block be given to somebody else yet?"
 * and to "has every writer of this device left?".
 *
 * <p>An operation looks a mapping up without a lock and then touches the data block it found. A
 * block that was freed meanwhile must not be reused before that operation is over. So each
 * operation publishes, in a slot of its own, the epoch in which it began and a tag (the device it
 * writes, or 0 for a reader). Whoever takes something away first makes it unreachable, then calls
 * {@link #advance}, and may reuse it when {@link #passed} says so. It is epoch-based reclamation as
 * known from user-space RCU; slots with the writer's device serve as a drain for snapshots at no
 * further cost.
 *
 * <p>Entering costs one compare-and-set, leaving one ordered store; neither allocates. The
 * compare-and-set is a full fence, and {@link #advance} is one too: either the scan sees the slot,
 * or the operation sees that the thing is gone. An operation must not enter twice on one thread,
 * nor wait inside for anything that waits for {@link #passed}.
 */
public final class InFlight {
  /** Tag of operations that only read. */
  public static final int READER = 0;

  private static final int SLOTS = 128;
  private static final int PADDING = 16;
  private static final int TAG_BITS = 24;
  private static final long TAG_MASK = (1L << TAG_BITS) - 1;
  private static final int SPINS = 200;
  private static final long PARK_NANOS = 50_000;

  private final AtomicLongArray slots = new AtomicLongArray((SLOTS + 1) * PADDING);
  private final AtomicLong epoch = new AtomicLong(1);
  private volatile boolean closed;

  /**
   * Begins an operation.
   *
   * @param tag device id of a writer, or {@link #READER}
   * @return the slot to give back to {@link #exit}
   * @throws PoolException after {@link #close}
   */
  public int enter(int tag) {
    long mark = (epoch.get() << TAG_BITS) | tag;
    int slot = (int) Thread.currentThread().getId() & (SLOTS - 1);
    int tries = 0;
    while (!slots.compareAndSet((slot + 1) * PADDING, 0, mark)) {
      slot = (slot + 1) & (SLOTS - 1);
      if (++tries % SLOTS == 0) {
        Thread.yield();
      }
    }
    if (closed) {
      exit(slot);
      throw PoolException.badRequest("pool is closed");
    }
    return slot;
  }

  /** Lets no more operations in, and waits for those inside. */
  public void close() {
    closed = true;
    awaitAll();
  }

  /**
   * Ends an operation.
   *
   * @param slot what {@link #enter} returned
   */
  public void exit(int slot) {
    slots.setRelease((slot + 1) * PADDING, 0);
  }

  /**
   * Begins a new epoch. What was made unreachable before this call is out of use once {@link
   * #passed} is true for the returned number.
   *
   * @return the epoch that ended
   */
  public long advance() {
    return epoch.getAndIncrement();
  }

  /**
   * Whether every operation that began in an epoch or before has ended.
   *
   * @param ended what {@link #advance} returned
   * @return true when none is left
   */
  public boolean passed(long ended) {
    for (int slot = 0; slot < SLOTS; slot++) {
      long mark = slots.get((slot + 1) * PADDING);
      if (mark != 0 && mark >>> TAG_BITS <= ended) {
        return false;
      }
    }
    return true;
  }

  /** Waits until every operation that began before this call has ended. */
  public void awaitAll() {
    long ended = advance();
    for (int spins = 0; !passed(ended); spins++) {
      pause(spins);
    }
  }

  /**
   * Waits until no writer of a device is inside. The caller has closed the device's gate before, so
   * that none enters.
   *
   * @param tag the device id
   */
  public void awaitWriters(int tag) {
    for (int slot = 0; slot < SLOTS; slot++) {
      int at = (slot + 1) * PADDING;
      for (int spins = 0; (slots.get(at) & TAG_MASK) == tag && slots.get(at) != 0; spins++) {
        pause(spins);
      }
    }
  }

  private static void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PARK_NANOS);
    }
  }
}
