// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import io.veneer.thinpool.ExtentKind;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.transaction.InFlight;

/**
 * Turns the mappings of a device into extents. Holds nothing between two leaves, so that a long
 * walk delays nobody.
 */
final class ExtentWalk {
  private final StoredDevice stored;
  private final InFlight inFlight;
  private final int blockBytes;
  private final ExtentKind holeKind;

  ExtentWalk(StoredDevice stored, DeviceRoom room, int blockBytes, boolean external) {
    this.stored = stored;
    this.inFlight = room.inFlight();
    this.blockBytes = blockBytes;
    this.holeKind = external ? ExtentKind.EXTERNAL : ExtentKind.HOLE;
  }

  void walk(long offset, long lengthBytes, ExtentVisitor visitor) {
    ExtentMerger merger = new ExtentMerger(visitor);
    Range range = new Range(merger, offset, offset + lengthBytes);
    long from = offset / blockBytes;
    long to = (offset + lengthBytes + blockBytes - 1) / blockBytes;
    while (from < to && merger.deliver()) {
      from = walkSome(from, to, range);
    }
    range.hole(offset + lengthBytes);
    merger.finish();
  }

  private long walkSome(long from, long to, Range range) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      return stored.walkSome(from, to, range::block);
    } finally {
      inFlight.exit(slot);
    }
  }

  /** Walks the virtual blocks that differ from another device's. */
  void walkDifference(StoredDevice other, long sizeBytes, ExtentVisitor visitor) {
    ExtentMerger merger = new ExtentMerger(visitor);
    long from = 0;
    while (from != StoredDevice.END && merger.deliver()) {
      from = differSome(other, from, sizeBytes, merger);
    }
    merger.finish();
  }

  private long differSome(StoredDevice other, long from, long sizeBytes, ExtentMerger merger) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      return stored.diffSome(
          other,
          from,
          (block, entry, otherEntry) -> {
            long begin = block * blockBytes;
            merger.add(begin, Math.min(sizeBytes, begin + blockBytes), kindOf(entry));
          });
    } finally {
      inFlight.exit(slot);
    }
  }

  private ExtentKind kindOf(long entry) {
    if (MappingEntry.isData(entry)) {
      return ExtentKind.DATA;
    }
    return MappingEntry.isZero(entry) ? ExtentKind.ZERO : holeKind;
  }

  /** The bytes asked for; fills the gaps between mapped blocks with holes. */
  private final class Range {
    private final ExtentMerger merger;
    private final long end;
    private long at;

    Range(ExtentMerger merger, long offset, long end) {
      this.merger = merger;
      this.at = offset;
      this.end = end;
    }

    void block(long virtualBlock, long entry) {
      long begin = Math.max(at, virtualBlock * blockBytes);
      long blockEnd = Math.min(end, (virtualBlock + 1) * blockBytes);
      hole(begin);
      at = blockEnd;
      merger.add(begin, blockEnd, kindOf(entry));
    }

    void hole(long until) {
      merger.add(at, until, holeKind);
      at = Math.max(at, until);
    }
  }
}
