// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.space.SpaceMap;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Gives freed blocks back: once the transaction that freed them is durable and nobody in flight can
 * still see them, data blocks are punched out of the data file, run by run, and only then can be
 * handed out again. One thread at a time.
 */
final class BlockReturns {
  private final PoolState state;

  BlockReturns(PoolState state) {
    this.state = state;
  }

  /** Gives back what can be given back by now; false when there was nothing. */
  synchronized boolean giveBack() {
    boolean nodes = giveBackNodes();
    List<RoaringBitmap> ready = new ArrayList<>();
    int generations = take(state.dataSpace, ready);
    if (generations == 0) {
      return nodes;
    }
    if (!state.superblock.is(SuperblockFormat.STATE_NO_PASSDOWN)) {
      ready.forEach(this::punch);
    }
    release(state.dataSpace, generations);
    return true;
  }

  /** Gives everything freed so far back; commits first, and waits for those in flight. */
  void giveBackAll() {
    state.transactions.commit();
    state.inFlight.awaitAll();
    giveBack();
  }

  private boolean giveBackNodes() {
    int generations = take(state.nodeSpace, new ArrayList<>());
    if (generations > 0) {
      release(state.nodeSpace, generations);
    }
    return generations > 0;
  }

  private int take(SpaceMap map, List<RoaringBitmap> ready) {
    state.transactions.lock().lock();
    try {
      return map.takeReady(ready);
    } finally {
      state.transactions.lock().unlock();
    }
  }

  private void release(SpaceMap map, int generations) {
    state.transactions.lock().lock();
    try {
      map.release(generations);
      if (map == state.nodeSpace) {
        map.rewind();
      } else if (state.availableBlocks() > 0) {
        state.setOutOfData(false);
      }
    } finally {
      state.transactions.lock().unlock();
    }
    state.space.spaceAdded();
  }

  private void punch(RoaringBitmap freed) {
    PeekableIntIterator blocks = freed.getIntIterator();
    while (blocks.hasNext()) {
      long first = Integer.toUnsignedLong(blocks.next());
      long end = first + 1;
      while (blocks.hasNext()
          && end < MappingEntry.DATA_BLOCKS_MAX
          && Integer.toUnsignedLong(blocks.peekNext()) == end) {
        blocks.next();
        end++;
      }
      state.data.punch(state.blocksToBytes(first), state.blocksToBytes(end - first));
    }
  }
}
