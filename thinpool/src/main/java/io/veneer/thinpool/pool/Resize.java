// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new size of a device, but for the record itself, which changes with its transaction: what must
 * happen before, and what may be done after. No writer of the device is inside from the one to the
 * other, and no lock is held while blocks are unmapped.
 *
 * <p>A crash may leave blocks mapped behind the end of a device that became smaller. They are
 * unmapped before it becomes larger again, so that what it gains always reads as zeroes (or as its
 * external origin).
 */
final class Resize {
  private static final Logger LOG = LoggerFactory.getLogger(Resize.class);

  private final PoolState state;
  private final StoredDevice stored;
  private final ThinDevice inUse;
  private final long sizeBefore;
  private final long sizeAfter;

  /**
   * Notes a new size.
   *
   * @param inUse the device that takes requests, its gate closed; null if nobody has it open
   */
  Resize(PoolState state, StoredDevice stored, ThinDevice inUse, long sizeAfter) {
    this.state = state;
    this.stored = stored;
    this.inUse = inUse;
    this.sizeBefore = stored.record().sizeBytes;
    this.sizeAfter = sizeAfter;
  }

  /** Does what cannot be undone, after all checks and before the record changes. */
  void prepare() {
    if (sizeAfter > sizeBefore) {
      unmapFrom(state.guarantees.virtualBlocks(sizeBefore));
    } else if (inUse != null) {
      inUse.clearTail(sizeAfter);
    } else {
      ThinDevice device = new ThinDevice(stored, state.room);
      device.clearTail(sizeAfter);
      device.close();
    }
  }

  /** Gives back what lies behind the new end; the record has changed. */
  void finish() {
    if (sizeAfter > sizeBefore) {
      return;
    }
    try {
      unmapFrom(state.guarantees.virtualBlocks(sizeAfter));
    } catch (PoolException e) {
      LOG.warn(
          "blocks behind the end of a device stay mapped until it is removed or made larger: name={}",
          stored.record().name,
          e);
    }
    if (stored.record().is(DeviceRecord.GUARANTEED)) {
      keepAnew();
    }
  }

  private void keepAnew() {
    long exclusive = state.inside(stored::exclusiveBlocks);
    state.inside(
        () ->
            state.locked(
                () -> {
                  state.table.touch(stored);
                  long blocks = state.guarantees.virtualBlocks(sizeAfter);
                  state.guarantees.keep(stored.record(), Math.max(0, blocks - exclusive));
                  state.space.spaceChanged();
                  return null;
                }));
  }

  private void unmapFrom(long first) {
    long end = state.inside(stored::highestEnd);
    long block = first;
    while (block < end) {
      block = unmapSome(block, end);
    }
  }

  private long unmapSome(long block, long end) {
    try {
      return state.inside(() -> state.locked(() -> stored.unmapSome(block, end)));
    } catch (OutOfMetadataSpaceException e) {
      state.space.returns().giveBackAll();
      return state.inside(() -> state.locked(() -> stored.unmapSome(block, end)));
    }
  }
}
