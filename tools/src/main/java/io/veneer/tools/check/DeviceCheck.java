// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.tools.check.CheckFinding.Severity;
import io.veneer.tools.check.CheckState.VerifiedBlock;
import io.veneer.tools.check.TreeWalk.Place;

/** Checks one device: its record, its text, its mappings, and that they agree. One thread. */
final class DeviceCheck {
  private static final int SECTOR_BYTES = 512;
  private static final int FLAGS =
      DeviceRecord.SEALED | DeviceRecord.REMOVING | DeviceRecord.GUARANTEED;

  private final CheckState state;
  private final PrivateBlocks privateBlocks;
  private final TextCheck text;

  DeviceCheck(CheckState state, PrivateBlocks privateBlocks) {
    this.state = state;
    this.privateBlocks = privateBlocks;
    this.text = new TextCheck(state);
  }

  /**
   * Checks the device whose record is the lowest block of the trail, for the first time.
   *
   * @param id the device that it must be
   * @param summary what is remembered of the record
   * @param held whether only a held table refers to the record
   * @return the record, or null when it cannot be read
   */
  DeviceRecord check(int id, NodeSummary summary, boolean held) {
    VerifiedBlock block = state.read(BlockType.DEVICE_RECORD);
    DeviceRecord record = block == null ? null : decode(block, id);
    if (record == null) {
      summary.broken = true;
      state.incomplete = true;
      return null;
    }
    summary.sequence = block.header().sequence();
    text.check(block, record);
    checkHeader(block, id);
    checkFields(record);
    checkMappings(record, summary.sequence, held);
    return record;
  }

  private DeviceRecord decode(VerifiedBlock block, int id) {
    try {
      return DeviceRecordFormat.decode(block.image(), state.trail.block(), id);
    } catch (PoolException e) {
      state.findings.failure(Severity.FATAL, e);
      return null;
    }
  }

  private void checkHeader(VerifiedBlock block, int id) {
    Findings findings = state.findings;
    findings.require(
        block.header().key() == id, "device record has wrong key", id, block.header().key());
    findings.require(
        block.header().deviceId() == id,
        "device record has wrong device id in its header",
        id,
        block.header().deviceId());
    findings.require(
        block.header().level() == 0, "device record has a level", 0, block.header().level());
  }

  private void checkFields(DeviceRecord record) {
    range("size", record.sizeBytes, DeviceRecord.SIZE_BYTES_MIN, DeviceRecord.SIZE_BYTES_MAX);
    long part = record.sizeBytes % SECTOR_BYTES;
    state.findings.require(part == 0, "size is no number of sectors", 0, part);
    range("origin", record.originId, 0, DeviceRecord.ID_MAX);
    range("flags", record.flags, 0, FLAGS);
    range("time of creation", record.createdTime, 0, timeMax());
    range("time of the last snapshot", record.snapshottedTime, 0, timeMax());
    range("quota", record.quotaBytes, 0, Long.MAX_VALUE);
    boolean keeps = record.is(DeviceRecord.GUARANTEED);
    range("number of blocks kept for it", record.reservedBlocks, 0, keeps ? blocks(record) : 0);
  }

  /** A clock at its end says of nothing that it is surely private, by a time beyond it. */
  private long timeMax() {
    long clock = state.superblock.clock;
    return clock == MappingEntry.TIME_MAX ? clock + 1 : clock;
  }

  private void range(String what, long value, long min, long max) {
    state.findings.require(
        value >= min && value <= max,
        "device's " + what + " is out of range",
        min + " to " + max,
        value);
  }

  private long blocks(DeviceRecord record) {
    Superblock superblock = state.superblock;
    return -Math.floorDiv(-record.sizeBytes, (long) superblock.blockSizeBytes);
  }

  private void checkMappings(DeviceRecord record, long sequence, boolean held) {
    boolean removing = record.is(DeviceRecord.REMOVING);
    boolean notesPrivate = !removing && !held && state.superblock.heldRoot == 0;
    MappingVisitor mappings = new MappingVisitor(state, privateBlocks, record, notesPrivate);
    NodeSummary root = new NodeSummary(BlockType.MAPPING_NODE, 0, 0);
    if (record.mappingRoot != 0) {
      TreeWalk walk = new TreeWalk(state, BlockType.MAPPING_NODE, mappings);
      root = walk.walk(new Place(record.mappingRoot, record.mappingLevel, 0, sequence));
    } else {
      state.findings.require(
          record.mappingLevel == 0, "device without mappings has a level", 0, record.mappingLevel);
    }
    if (!root.broken && !removing) {
      agree("mapped blocks", mappings.mappedBlocks(), record.mappedBlocks);
      agree("own blocks", mappings.ownBlocks(), record.ownBlocks);
    }
    state.findings.require(
        root.end <= blocks(record),
        "virtual blocks are mapped beyond the device's size",
        "at most " + blocks(record),
        root.end);
  }

  private void agree(String what, long counted, long recorded) {
    state.findings.require(
        counted == recorded, "device's " + what + " are not what is mapped", counted, recorded);
  }
}
