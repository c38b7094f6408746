// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import org.roaringbitmap.RoaringBitmap;

/**
 * {@code veneer:changed-since:NAME}: which blocks may differ from those of the export NAME. Status
 * {@link NbdProtocol#VENEER_STATE_CHANGED} or 0.
 *
 * <p>The export NAME is opened when the client chooses its own, and held as long: another one that
 * gets that name later is not it. The two are compared when the client first asks, and again when
 * it asks after it has changed the export itself. What others change meanwhile is not seen before
 * that; who wants one point in time reads a snapshot.
 */
final class ChangesContext implements MetaContext {
  static final String PREFIX = "veneer:changed-since:";

  private final ExportSource source;
  private final BlockDevice device;
  private final String sinceName;
  private final BlockDevice since;
  private final PoolException failure;
  private final int blockBytes;
  private RoaringBitmap changedBlocks;
  private volatile boolean stale = true;

  private ChangesContext(
      ExportSource source,
      BlockDevice device,
      String sinceName,
      BlockDevice since,
      PoolException failure) {
    this.source = source;
    this.device = device;
    this.sinceName = sinceName;
    this.since = since;
    this.failure = failure;
    this.blockBytes = device.blockSizeBytes();
  }

  /** Opens the export to compare with; where it is gone by now, every question is told so. */
  static ChangesContext open(ExportSource source, BlockDevice device, String sinceName) {
    try {
      BlockDevice since = source.open(sinceName, true);
      return new ChangesContext(source, device, sinceName, since, null);
    } catch (PoolException e) {
      return new ChangesContext(source, device, sinceName, null, e);
    }
  }

  @Override
  public void close() {
    if (since != null) {
      since.close();
    }
  }

  @Override
  public String name() {
    return PREFIX + sinceName;
  }

  @Override
  public void changed() {
    if (!stale) {
      stale = true;
    }
  }

  @Override
  public synchronized void describe(long offset, long lengthBytes, Descriptors descriptors) {
    if (stale || changedBlocks == null) {
      stale = false; // before the comparison: what changes during it may be missed
      changedBlocks = null;
      changedBlocks = compare();
    }
    long end = offset + lengthBytes;
    boolean more = true;
    for (long at = offset; at < end && more; ) {
      int block = (int) (at / blockBytes);
      boolean changed = changedBlocks.contains(block);
      long next = Math.min(end, endOfRun(block, changed));
      more = descriptors.add(next - at, changed ? NbdProtocol.VENEER_STATE_CHANGED : 0);
      at = next;
    }
  }

  private long endOfRun(int block, boolean changed) {
    long next = changed ? changedBlocks.nextAbsentValue(block) : changedBlocks.nextValue(block);
    return next < 0 ? Long.MAX_VALUE : next * blockBytes;
  }

  private RoaringBitmap compare() {
    if (failure != null) {
      throw failure;
    }
    RoaringBitmap changed = new RoaringBitmap();
    source.changedSince(
        device,
        since,
        (offset, lengthBytes, kind) -> {
          long endBlock = (offset + lengthBytes + blockBytes - 1) / blockBytes;
          changed.add(offset / blockBytes, endBlock);
          return true;
        });
    changed.runOptimize();
    return changed;
  }
}
