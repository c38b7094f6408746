// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.mapping.DeviceTable;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.space.NodeAllocator.Purpose;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Makes a list of operations true, under the metadata lock, so that one commit carries all of it.
 * What can be refused is refused before the first change; a failure after that means that metadata
 * is damaged, and ends all commits.
 */
final class OperationApplier {
  private final PoolState state;
  private final Directory directory;
  private final OperationList operations;

  OperationApplier(PoolState state, Directory directory, OperationList operations) {
    this.state = state;
    this.directory = directory;
    this.operations = operations;
  }

  /** Refuses what cannot be done; changes nothing. */
  void check() {
    checkGuarantees();
    state.nodes.ensure(nodesNeeded(), purpose());
  }

  void apply() {
    check();
    try {
      operations.steps().forEach(this::apply);
      operations.drafts().values().forEach(this::update);
      operations.names().forEach(this::rename);
      state.superblock.nextDeviceId = operations.nextId();
      if (operations.newTransactionId() != null) {
        state.superblock.transactionId = operations.newTransactionId();
      }
      state.transactions.touch();
      state.space.spaceChanged();
    } catch (RuntimeException | Error e) {
      state.transactions.poison(e);
      throw e;
    }
  }

  /**
   * A block for each record, the paths to them in the device table, and the texts; once more what
   * the last of the steps makes sure of by itself.
   */
  private int nodesNeeded() {
    Set<Integer> records = new HashSet<>(operations.drafts().keySet());
    operations.steps().forEach(step -> records.add(step.id()));
    long leaves = records.stream().map(id -> id / NodeFormat.ENTRIES).distinct().count();
    int texts = 0;
    for (DeviceDraft draft : operations.drafts().values()) {
      boolean written = draft.textChanged || !state.table.contains(draft.id);
      texts += written ? textBlocksOf(draft) : 0;
    }
    return records.size()
        + (int) leaves * (NodeFormat.LEVEL_MAX + 1)
        + 2 * DeviceTable.NODES_PER_RECORD
        + 2 * texts;
  }

  private static int textBlocksOf(DeviceDraft draft) {
    int characters = draft.name.length() + draft.externalOrigin.length();
    for (Map.Entry<String, String> entry : draft.attributes.entrySet()) {
      characters += entry.getKey().length() + entry.getValue().length() + 2 * Integer.BYTES;
    }
    return DeviceRecordFormat.textBlocksFor(
        Math.min(DeviceRecordFormat.TEXT_BYTES_MAX, 3 * characters + 16));
  }

  /** What only gives back may use what is kept for that. */
  private Purpose purpose() {
    if (operations.steps().isEmpty()) {
      return operations.onlyMakesSmaller() ? Purpose.DISCARD : Purpose.USE;
    }
    boolean onlyRemoves =
        operations.steps().stream().allMatch(s -> s.kind() == OperationList.Kind.REMOVE);
    return onlyRemoves ? Purpose.REMOVE : Purpose.USE;
  }

  private void apply(OperationList.Step step) {
    switch (step.kind()) {
      case CREATE:
        state.table.add(newRecord(step.id()));
        state.superblock.deviceCount++;
        break;
      case SNAPSHOT:
        snapshot(step.id(), state.table.find(step.originId()));
        state.superblock.deviceCount++;
        break;
      default:
        remove(state.table.find(step.id()));
    }
  }

  private DeviceRecord newRecord(int id) {
    Superblock superblock = state.superblock;
    DeviceRecord record = new DeviceRecord(id);
    DeviceDraft draft = operations.drafts().get(id);
    draft.writeTo(record);
    draft.textChanged = false;
    draft.changed = false;
    record.createdTime = superblock.clock;
    record.createdTransactionId = superblock.transactionId;
    return record;
  }

  /**
   * The clock moves on, and both devices take its time: what they mapped before it may be shared
   * from now on. A clock at its end stays there, and the time beyond it says that no mapping is
   * surely private.
   */
  private void snapshot(int id, StoredDevice origin) {
    Superblock superblock = state.superblock;
    superblock.clock = Math.min(superblock.clock + 1, MappingEntry.TIME_MAX);
    long now =
        superblock.clock == MappingEntry.TIME_MAX ? MappingEntry.TIME_MAX + 1 : superblock.clock;
    DeviceRecord record = newRecord(id);
    record.createdTime = now;
    record.snapshottedTime = now;
    record.mappedBlocks = origin.record().mappedBlocks;
    state.table.add(record, origin);
    origin.record().snapshottedTime = now;
    state.table.touch(origin);
    ThinDevice inUse = directory.inUse(origin.record().id);
    if (inUse != null) {
      inUse.snapshotted();
    }
  }

  private void remove(StoredDevice device) {
    DeviceRecord record = device.record();
    state.guarantees.keep(record, 0);
    record.set(DeviceRecord.GUARANTEED, false);
    record.set(DeviceRecord.REMOVING, true);
    state.table.touch(device);
    state.superblock.deviceCount--;
    state.superblock.removingCount++;
    operations.drafts().remove(record.id);
    if (directory.openCount(record.id) == 0) {
      state.space.reclaimer().add(device);
    }
  }

  private void update(DeviceDraft draft) {
    StoredDevice device = state.table.find(draft.id);
    DeviceRecord record = device.record();
    long kept = keptAfter(draft);
    if (draft.textChanged || draft.changed || kept != record.reservedBlocks) {
      draft.writeTo(record);
      record.set(DeviceRecord.GUARANTEED, draft.guaranteed);
      state.guarantees.keep(record, kept);
      if (draft.textChanged) {
        state.table.textChanged(device);
      } else {
        state.table.touch(device);
      }
      updateInUse(draft, directory.inUse(draft.id));
    }
  }

  private static void updateInUse(DeviceDraft draft, ThinDevice inUse) {
    if (inUse != null) {
      inUse.resized(draft.sizeBytes);
      if (draft.sealed) {
        inUse.sealed();
      }
    }
  }

  private void rename(String name, int id) {
    if (id == 0) {
      directory.unnamed(name);
    } else {
      directory.named(name, id);
    }
  }

  /** Refuses what needs more kept blocks than the pool has free ones. */
  private void checkGuarantees() {
    long more = 0;
    for (DeviceDraft draft : operations.drafts().values()) {
      StoredDevice device = state.table.find(draft.id);
      long kept = operations.isRemoved(draft.id) ? 0 : keptAfter(draft);
      more += kept - (device == null ? 0 : device.record().reservedBlocks);
    }
    state.guarantees.require(more);
  }

  /**
   * How many blocks a device needs kept: after a snapshot, which shares all, as many as it has
   * virtual blocks; else less by those it holds alone. Of a device that becomes smaller too many
   * are kept until it is known what the part that goes held.
   */
  private long keptAfter(DeviceDraft draft) {
    if (!draft.guaranteed) {
      return 0;
    }
    long blocks = state.guarantees.virtualBlocks(draft.sizeBytes);
    StoredDevice device = state.table.find(draft.id);
    if (device == null || operations.isSnapshotted(draft.id)) {
      return blocks;
    }
    DeviceRecord record = device.record();
    long before = state.guarantees.virtualBlocks(record.sizeBytes);
    Long exclusive = operations.exclusiveBlocks(draft.id);
    if (exclusive != null) {
      return blocks < before ? blocks : blocks - exclusive;
    }
    return record.reservedBlocks + Math.max(0, blocks - before);
  }
}
