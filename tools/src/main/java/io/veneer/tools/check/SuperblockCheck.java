// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.UnsupportedFormatException;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.tools.check.CheckFinding.Severity;
import java.nio.ByteBuffer;

/** Finds the superblock that counts, as the engine does, and checks what it says. One thread. */
final class SuperblockCheck {
  private static final int STATES =
      SuperblockFormat.STATE_NEEDS_CHECK
          | SuperblockFormat.STATE_QUEUE
          | SuperblockFormat.STATE_NO_PASSDOWN;

  private final PoolFiles files;
  private final Findings findings;
  private final Trail trail;
  private boolean newer;

  SuperblockCheck(PoolFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
    this.trail = findings.trail();
  }

  /**
   * Reads both slots; leaves the trail at the one that counts.
   *
   * @return the newer superblock that is whole, or null
   */
  Superblock find() {
    Superblock[] slots = new Superblock[PoolGeometry.SUPERBLOCKS];
    PoolException[] failures = new PoolException[PoolGeometry.SUPERBLOCKS];
    for (int slot = 0; slot < slots.length; slot++) {
      try {
        slots[slot] = read(slot);
      } catch (PoolException e) {
        failures[slot] = e;
      }
    }
    Superblock newest = newer(slots[0], slots[1]);
    boolean unknown = false;
    for (int slot = 0; slot < slots.length; slot++) {
      if (failures[slot] != null) {
        boolean torn = newest != null && failures[slot] instanceof CorruptMetadataException;
        unknown |= !torn;
        newer |= failures[slot] instanceof UnsupportedFormatException;
        trail.down("superblock", slot, 0);
        findings.failure(torn ? Severity.NON_FATAL : Severity.FATAL, failures[slot]);
        trail.up();
      }
    }
    trail.down("superblock", newest == slots[1] ? 1 : 0, 0);
    if (slots[0] != null && slots[1] != null) {
      compare(slots[0], slots[1]);
    }
    return unknown ? null : newest;
  }

  /** Whether a slot is whole, by its checksum, and of a format that this version does not know. */
  boolean isNewer() {
    return newer;
  }

  private Superblock read(int slot) {
    MetadataFile metadata = files.metadata();
    ByteBuffer image = BlockHeaderFormat.newBlock();
    metadata.read(slot, image);
    return SuperblockFormat.decode(image.clear(), slot);
  }

  private static Superblock newer(Superblock one, Superblock other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.sequence > one.sequence ? other : one;
  }

  private void compare(Superblock even, Superblock odd) {
    boolean onePool = even.poolId == odd.poolId;
    findings.require(
        onePool,
        "superblocks are of two pools",
        Long.toHexString(even.poolId),
        Long.toHexString(odd.poolId));
    long apart = Math.abs(even.sequence - odd.sequence);
    findings.require(apart == 1, "superblocks are not of consecutive commits", 1, apart);
  }

  /** Checks the fields of the superblock that counts. */
  void checkFields(Superblock s) {
    long slot = trail.block();
    findings.require(
        s.sequence >= 0 && (s.sequence & 1) == slot, "wrong slot", s.sequence & 1, slot);
    range("clock", s.clock, 0, MappingEntry.TIME_MAX);
    range("data limit", s.dataLimitBlocks, s.dataBlocks, s.dataBlocksMax);
    range("number of used data blocks", s.usedDataBlocks, 0, s.dataBlocks);
    range("number of used metadata blocks", s.usedNodeBlocks, 0, s.nodeBlocks);
    range("number of kept blocks", s.reservedBlocks, 0, s.dataBlocksMax);
    range("low-water mark", s.lowWaterBlocks, 0, Long.MAX_VALUE);
    range("metadata low-water mark", s.metadataLowWater, 0, Long.MAX_VALUE);
    range("time to wait for space", s.noSpaceTimeoutMillis, 0, Integer.MAX_VALUE);
    range("next device number", s.nextDeviceId, 1, DeviceRecord.ID_MAX);
    range("state", s.state, 0, STATES);
    if (s.is(SuperblockFormat.STATE_NEEDS_CHECK)) {
      findings.nonFatal("pool is marked as needing a check", slot, "", "");
    }
  }

  private void range(String what, long value, long min, long max) {
    findings.require(
        value >= min && value <= max, "superblock has wrong " + what, min + " to " + max, value);
  }

  /**
   * Checks that the data file has all blocks that are referred to. Free ones at its end may be
   * missing: those that a full disk had no room for never lengthened it.
   *
   * @param endBlock one past the last block that must be there
   */
  void checkDataFile(Superblock s, long endBlock) {
    try {
      long wanted = endBlock * s.blockSizeBytes;
      long found = files.data(s.blockSizeBytes).lengthBytes();
      findings.require(
          found >= wanted, "data file is shorter than its pool", wanted + " bytes", found);
    } catch (PoolException e) {
      findings.failure(Severity.FATAL, e);
    }
  }
}
