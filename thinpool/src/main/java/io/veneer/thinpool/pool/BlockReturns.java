// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.space.BlockRun;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Gives freed blocks back: once the transaction that freed them is durable and nobody in flight can
 * still see them, data blocks are punched out of the data file, run by run, and only then can be
 * handed out again. One thread at a time.
 */
final class BlockReturns {
  private static final long PART_BLOCKS = 100L * CountsFormat.COUNTS;

  private final PoolState state;

  BlockReturns(PoolState state) {
    this.state = state;
  }

  /** Gives back what can be given back by now; false when there was nothing. */
  synchronized boolean giveBack() {
    return state.inside(() -> giveBackNodes() | giveBackData());
  }

  /** Brings back blocks that are set aside for devices which did not use one of them lately. */
  void releaseIdle() {
    releaseAside(true);
  }

  /**
   * Gives the room of the first free blocks in a row of a range to the host, whatever it knows of
   * them. Looks a part of a long range through only, so that nobody waits long for the lock. The
   * caller is inside, which a write that finds no block meanwhile waits for.
   *
   * @return where to go on: behind those blocks, or the part in which none is free
   */
  long punchFree(long from, long before) {
    long part = Math.min(before, from + PART_BLOCKS);
    BlockRun run = state.locked(() -> state.dataSpace.setAsideWithin(from, part));
    if (run == null) {
      return part;
    }
    try {
      state.passdown.punch(run);
    } finally {
      state.locked(
          () -> {
            state.dataSpace.putBackAside(run);
            return null;
          });
    }
    return run.end();
  }

  /** Brings back all blocks that are set aside, with their room. */
  void releaseAside() {
    releaseAside(false);
  }

  private void releaseAside(boolean idleOnly) {
    state.inside(
        () -> {
          state.preallocations.release(idleOnly);
          return null;
        });
  }

  /** Gives everything freed so far back; commits first, and waits for those in flight. */
  void giveBackAll() {
    state.commit();
    state.inFlight.awaitAll();
    giveBack();
  }

  /**
   * Gives back what the last commit freed, before the pool is closed; nobody is inside any more.
   */
  synchronized void giveBackLast() {
    giveBackNodes();
    giveBackData();
  }

  private boolean giveBackNodes() {
    return state.locked(
        () -> {
          int generations = state.nodeSpace.takeReady(new ArrayList<>());
          if (generations > 0) {
            state.nodeSpace.release(generations);
            state.nodeSpace.rewind();
          }
          return generations > 0;
        });
  }

  private boolean giveBackData() {
    List<RoaringBitmap> ready = new ArrayList<>();
    int generations = state.locked(() -> state.dataSpace.takeReady(ready));
    if (generations > 0) {
      ready.forEach(state.passdown::punch);
      state.locked(
          () -> {
            state.dataSpace.release(generations);
            state.space.spaceChanged();
            return null;
          });
    }
    return generations > 0;
  }
}
