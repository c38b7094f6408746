// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.DeviceRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * The device records that a device table refers to: each is checked once, and what they must have
 * in common is added up. One object a table. One thread.
 */
final class DeviceRecords implements TreeVisitor {
  private final CheckState state;
  private final DeviceCheck check;
  private final boolean held;
  private final Map<String, Integer> names = new HashMap<>();
  private long devices;
  private long removing;
  private long reservedBlocks;

  /** Begins a table; the held one comes after the other. */
  DeviceRecords(CheckState state, DeviceCheck check, boolean held) {
    this.state = state;
    this.check = check;
    this.held = held;
  }

  static String title(int id, String name) {
    return "device " + id + (name.isEmpty() ? "" : " \"" + name + '"') + " record";
  }

  @Override
  public void entry(long key, long entry, NodeSummary leaf) {
    boolean numbered =
        state.findings.require(
            key >= 1 && key <= DeviceRecord.ID_MAX,
            "device number is none",
            "1 to " + DeviceRecord.ID_MAX,
            key);
    if (!numbered || !state.refer(entry)) {
      leaf.broken = true;
      return;
    }
    int id = (int) key;
    NodeSummary known = state.summary(entry);
    state.trail.down(title(id, ""), entry, 0);
    try {
      if (known == null) {
        visit(id, entry, leaf);
      } else {
        revisit(id, known);
      }
    } finally {
      state.trail.up();
    }
  }

  private void revisit(int id, NodeSummary known) {
    boolean same = known.type == BlockType.DEVICE_RECORD && known.key == id;
    state.findings.require(
        same,
        "block is used in two ways",
        new NodeSummary(BlockType.DEVICE_RECORD, 0, id).title(),
        known.title());
  }

  private void visit(int id, long block, NodeSummary leaf) {
    NodeSummary summary = new NodeSummary(BlockType.DEVICE_RECORD, 0, id);
    state.remember(block, summary);
    DeviceRecord record = check.check(id, summary, held);
    if (record == null) {
      leaf.broken = true;
      return;
    }
    state.findings.require(
        summary.sequence <= leaf.sequence,
        "written later than what refers to it",
        "at most " + leaf.sequence,
        summary.sequence);
    add(record);
  }

  private void add(DeviceRecord record) {
    reservedBlocks += record.reservedBlocks;
    if (record.is(DeviceRecord.REMOVING)) {
      removing++;
      return;
    }
    devices++;
    Integer other = record.name.isEmpty() ? null : names.putIfAbsent(record.name, record.id);
    state.findings.require(
        other == null, "two devices have one name", "unique names", "that of device " + other);
  }

  /** Compares with what the superblock says; only when the whole table could be read. */
  void checkTotals() {
    agree("number of devices", state.superblock.deviceCount, devices);
    agree("number of devices being removed", state.superblock.removingCount, removing);
    agree("number of blocks kept for devices", state.superblock.reservedBlocks, reservedBlocks);
  }

  private void agree(String what, long recorded, long counted) {
    state.findings.require(recorded == counted, "superblock has wrong " + what, counted, recorded);
  }

  long devices() {
    return devices;
  }

  long removing() {
    return removing;
  }
}
