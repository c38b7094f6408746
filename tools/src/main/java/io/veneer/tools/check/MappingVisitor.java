// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import java.nio.ByteBuffer;

/**
 * The mappings of one device: checks them one by one, counts references to data blocks, and adds up
 * what the device's record must say.
 *
 * <p>A mapping that is not older than the device's last snapshot is taken for private by the engine
 * and changed in place, so nothing else may reach it; what that holds for is noted here and judged
 * by {@link PrivateBlocks} when all references are known.
 */
final class MappingVisitor implements TreeVisitor {
  private final CheckState state;
  private final PrivateBlocks privateBlocks;
  private final DeviceRecord record;
  private final boolean notesPrivate;
  private long mappedBlocks;
  private long ownBlocks;

  /**
   * Begins a device.
   *
   * @param record its record
   * @param notesPrivate whether the engine changes what it takes for private
   */
  MappingVisitor(
      CheckState state, PrivateBlocks privateBlocks, DeviceRecord record, boolean notesPrivate) {
    this.state = state;
    this.privateBlocks = privateBlocks;
    this.record = record;
    this.notesPrivate = notesPrivate;
  }

  @Override
  public void entry(long key, long entry, NodeSummary leaf) {
    if (!state.findings.require(
        MappingEntry.isValid(entry),
        "mapping with impossible bits",
        "a mapping",
        Long.toHexString(entry))) {
      return;
    }
    leaf.end = key + 1;
    long time = MappingEntry.time(entry);
    state.findings.require(
        time <= state.superblock.clock,
        "mapping is newer than the pool's clock",
        "at most " + state.superblock.clock,
        time);
    if (MappingEntry.isData(entry)) {
      dataEntry(MappingEntry.dataBlock(entry), time, leaf);
    }
  }

  private void dataEntry(long dataBlock, long time, NodeSummary leaf) {
    leaf.includeMapping(time);
    mappedBlocks++;
    ownBlocks += time >= record.createdTime ? 1 : 0;
    boolean inside =
        state.findings.require(
            state.data.contains(dataBlock),
            "mapping to a block outside the data file",
            "0 to " + (state.superblock.dataBlocks - 1),
            dataBlock);
    if (inside) {
      state.data.add(dataBlock);
      if (notesPrivate && time >= record.snapshottedTime) {
        privateBlocks.addData(dataBlock);
      }
    }
  }

  @Override
  public void revisit(long block, NodeSummary summary) {
    mappedBlocks += summary.mappedBlocks;
    ownBlocks += ownUnder(block, summary);
  }

  @Override
  public void leave(long block, NodeSummary summary) {
    if (notesPrivate && summary.timeMax >= record.snapshottedTime) {
      privateBlocks.addNode(block - state.nodesStart());
    }
  }

  /** Only a node with mappings from before and after the device was made is read again. */
  private long ownUnder(long block, NodeSummary summary) {
    if (summary.broken || summary.timeMax < record.createdTime) {
      return 0;
    }
    if (summary.timeMin >= record.createdTime) {
      return summary.mappedBlocks;
    }
    long own = 0;
    ByteBuffer image = state.reread(block);
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = image.getLong(NodeFormat.entryOffset(i));
      if (entry != 0) {
        own += summary.level > 0 ? ownUnder(entry, state.summary(entry)) : own(entry);
      }
    }
    return own;
  }

  private int own(long entry) {
    boolean own = MappingEntry.isData(entry) && MappingEntry.time(entry) >= record.createdTime;
    return own ? 1 : 0;
  }

  long mappedBlocks() {
    return mappedBlocks;
  }

  long ownBlocks() {
    return ownBlocks;
  }
}
