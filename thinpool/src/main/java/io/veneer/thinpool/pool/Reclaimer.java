// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what removed devices hold, a few leaves at a time, so that nobody waits long for the
 * metadata lock. Each step is an ordinary change: a crash in the middle leaves a device that is
 * being removed, with less in it.
 */
final class Reclaimer {
  private static final Logger LOG = LoggerFactory.getLogger(Reclaimer.class);
  private static final int LEAVES_PER_STEP = 4;

  private final PoolState state;
  private final ArrayDeque<StoredDevice> removed = new ArrayDeque<>();

  Reclaimer(PoolState state) {
    this.state = state;
  }

  /** Adds a removed device that nobody has open any more; under the metadata lock. */
  void add(StoredDevice device) {
    removed.add(device);
  }

  /** Finds the devices whose removal a crash interrupted; under the metadata lock. */
  void findInterrupted() {
    if (state.superblock.removingCount == 0) {
      return;
    }
    List<Integer> ids = new ArrayList<>();
    state.table.forEachId(ids::add);
    ids.forEach(this::addIfInterrupted);
  }

  /** A record that is damaged keeps the pool from opening no more than any other damage. */
  private void addIfInterrupted(int id) {
    try {
      StoredDevice device = state.table.find(id);
      if (device.record().is(DeviceRecord.REMOVING)) {
        removed.add(device);
      }
    } catch (CorruptMetadataException e) {
      LOG.warn("a device's record is damaged: id={} reason={}", id, e.getMessage());
    }
  }

  /** Does one step; false when there is nothing to do. */
  boolean step() {
    try {
      return state.inside(() -> state.locked(this::stepOnce));
    } catch (OutOfMetadataSpaceException e) {
      // What is missing is what earlier steps freed, which waits for a commit.
      state.space.returns().giveBackAll();
      return state.inside(() -> state.locked(this::stepOnce));
    }
  }

  private boolean stepOnce() {
    StoredDevice device = removed.peek();
    if (device == null) {
      return false;
    }
    if (device.trim(LEAVES_PER_STEP)) {
      state.table.remove(device);
      state.superblock.removingCount--;
      state.transactions.touch();
      removed.remove();
    }
    return true;
  }

  /** Gives back everything; commits now and then, so that the blocks of old nodes can be reused. */
  void reclaimAll() {
    int steps = 0;
    while (step()) {
      if (++steps % 1024 == 0) {
        state.space.returns().giveBackAll();
      }
    }
  }

  boolean isIdle() {
    return state.locked(removed::isEmpty);
  }
}
