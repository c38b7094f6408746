// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool's background thread: commits and brings idle runs of blocks back at least every second,
 * gives freed blocks and removed devices back, extends the pool at its low-water mark, and sends
 * events.
 */
final class Housekeeper implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** With the time between two looks it is less than a second. */
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(750);

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long NODE_BYTES = 6 * 1024;

  private final PoolState state;
  private final Supplier<PoolStatus> status;
  private final PoolEvents events;
  private final long nodesMax = Math.max(1024, Runtime.getRuntime().maxMemory() / 8 / NODE_BYTES);
  private final Thread thread;
  private long lastRoundNanos = System.nanoTime();
  private boolean failureRecorded;
  private volatile boolean stopping;

  Housekeeper(PoolState state, Supplier<PoolStatus> status) {
    this.state = state;
    this.status = status;
    this.events = new PoolEvents(state.mode());
    this.thread = new Thread(this, "veneer-pool");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void add(PoolListener listener) {
    events.add(listener);
  }

  /** Has it look for work now. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Ends the thread; returns when it is over, unless this is that thread. */
  void stop() {
    stopping = true;
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      wake();
      try {
        thread.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    while (!stopping) {
      LockSupport.parkNanos(this, tend() ? RETRY_NANOS : LOOK_NANOS);
    }
  }

  /** Does what is due; true when something is waiting that a moment may bring. */
  boolean tend() {
    try {
      return work();
    } catch (RuntimeException | Error e) {
      LOG.warn("background work failed: pool={}", state.files.location(), e);
      return false;
    }
  }

  private boolean work() {
    boolean more = false;
    PoolMode mode = state.mode();
    if (mode == PoolMode.WRITE || mode == PoolMode.OUT_OF_DATA_SPACE) {
      extendAtLowWater();
      while (!stopping && state.space.reclaimer().step()) {
        state.space.returns().giveBack();
        makeRoundIfDue();
      }
      makeRoundIfDue();
      state.space.returns().giveBack();
      more = state.sweep.some() | limitMemoryAndLookForPending();
    }
    recordFailure();
    events.send(status.get());
    return more;
  }

  /**
   * The round of each second: commits, and brings idle runs back; also within a long reclaiming.
   */
  private void makeRoundIfDue() {
    long now = System.nanoTime();
    if (now - lastRoundNanos >= ROUND_NANOS) {
      lastRoundNanos = now;
      commitIfDirty();
      state.space.returns().releaseIdle();
    }
  }

  private void commitIfDirty() {
    if (state.transactions.isDirty()) {
      state.commit();
    }
  }

  private boolean limitMemoryAndLookForPending() {
    return state.locked(
        () -> {
          state.table.limitMemory(nodesMax);
          return state.dataSpace.hasWaiting() || state.nodeSpace.hasWaiting();
        });
  }

  private void extendAtLowWater() {
    boolean low = state.locked(() -> state.availableBlocks() < state.superblock.lowWaterBlocks);
    if (low) {
      state.space.extend();
    }
  }

  /** Records on disk, once, that a commit failed. */
  void recordFailure() {
    if (!failureRecorded && state.transactions.failure() != null) {
      failureRecorded = true;
      LOG.error(
          "pool became read-only: pool={}", state.files.location(), state.transactions.failure());
      state.transactions.recordNeedsCheck();
    }
  }
}
