// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the host the room of free blocks that a killed process left: of blocks that were filled and
 * not committed, freed and not yet given back, or set aside. Goes once over the pool after such an
 * opening, a little at a time; what lies behind the high-water mark was cut off by then. One thread
 * at a time.
 */
final class RoomSweep {
  private static final Logger LOG = LoggerFactory.getLogger(RoomSweep.class);
  private static final long SOME_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PoolState state;
  private final long end;
  private long at;

  /** Begins a sweep of the blocks before an end; over at once if that is 0. */
  RoomSweep(PoolState state, long end) {
    this.state = state;
    this.end = end;
  }

  /** Goes on for a moment; false when it is over. */
  boolean some() {
    return at < end && state.inside(() -> sweep(SOME_NANOS));
  }

  /**
   * Goes on before the pool is closed, when nobody is inside, for a second at the most: of what is
   * left then nothing will be known, and it keeps its room until it is filled.
   */
  void last() {
    if (at < end) {
      sweep(LAST_NANOS);
    }
  }

  private boolean sweep(long nanos) {
    long begin = System.nanoTime();
    if (!state.passdown.isOn()) {
      at = end;
    }
    try {
      while (at < end && System.nanoTime() - begin < nanos) {
        at = state.space.returns().punchFree(at, end);
      }
    } catch (PoolException e) {
      LOG.warn("free blocks were not all looked at: pool={}", state.files.location(), e);
      at = end;
    }
    if (at == end) {
      recordEnd();
    }
    return at < end;
  }

  /** Makes sure of a commit, so that the slots are alike once the pool is closed. */
  private void recordEnd() {
    state.locked(
        () -> {
          state.transactions.touch();
          return null;
        });
  }
}
