// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.device.ThinDevice;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.mapping.DeviceTable;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.Map;

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

  void apply() {
    checkGuarantees();
    state.nodes.ensure(nodesNeeded(), onlyRemoves());
    try {
      operations.steps().forEach(this::apply);
      operations.guarantees().forEach(this::setGuarantee);
      operations.drafts().values().forEach(this::update);
      operations.names().forEach(this::rename);
      state.superblock.nextDeviceId = operations.nextId();
      if (operations.newTransactionId() != null) {
        state.superblock.transactionId = operations.newTransactionId();
      }
      state.transactions.touch();
    } catch (RuntimeException e) {
      state.transactions.poison(e);
      throw e;
    }
  }

  private int nodesNeeded() {
    int records = 2 * operations.steps().size() + operations.drafts().size();
    int texts = operations.drafts().values().stream().mapToInt(draft -> textBlocksOf(draft)).sum();
    return (records + 1) * DeviceTable.NODES_PER_RECORD + 2 * texts;
  }

  private static int textBlocksOf(DeviceDraft draft) {
    int characters = draft.name.length() + draft.externalOrigin.length();
    for (Map.Entry<String, String> entry : draft.attributes.entrySet()) {
      characters += entry.getKey().length() + entry.getValue().length() + 2 * Integer.BYTES;
    }
    return DeviceRecordFormat.textBlocksFor(
        Math.min(DeviceRecordFormat.TEXT_BYTES_MAX, 3 * characters + 16));
  }

  private boolean onlyRemoves() {
    return !operations.steps().isEmpty()
        && operations.steps().stream().allMatch(s -> s.kind() == OperationList.Kind.REMOVE);
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
    keepForSharedBlocks(origin.record());
  }

  /**
   * All that a device with a write guarantee maps is shared after a snapshot, and will need blocks
   * again.
   */
  private void keepForSharedBlocks(DeviceRecord record) {
    if (record.is(DeviceRecord.GUARANTEED)) {
      keep(record, virtualBlocks(record.sizeBytes));
    }
  }

  private void keep(DeviceRecord record, long blocks) {
    state.superblock.reservedBlocks += blocks - record.reservedBlocks;
    record.reservedBlocks = blocks;
  }

  private long virtualBlocks(long sizeBytes) {
    int blockBytes = state.superblock.blockSizeBytes;
    return (sizeBytes + blockBytes - 1) / blockBytes;
  }

  private void remove(StoredDevice device) {
    DeviceRecord record = device.record();
    keep(record, 0);
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

  private void setGuarantee(int id, long blocks) {
    StoredDevice device = state.table.find(id);
    if (device == null || device.record().is(DeviceRecord.REMOVING)) {
      return;
    }
    DeviceRecord record = device.record();
    keep(record, Math.max(0, blocks));
    record.set(DeviceRecord.GUARANTEED, blocks >= 0);
    state.table.touch(device);
  }

  private void update(DeviceDraft draft) {
    if (!draft.changed && !draft.textChanged) {
      return;
    }
    StoredDevice device = state.table.find(draft.id);
    long sizeBefore = device.record().sizeBytes;
    draft.writeTo(device.record());
    if (draft.textChanged) {
      state.table.textChanged(device);
    } else {
      state.table.touch(device);
    }
    ThinDevice inUse = directory.inUse(draft.id);
    if (draft.sealed && inUse != null) {
      inUse.sealed();
    }
    if (draft.sizeBytes != sizeBefore) {
      resize(device, sizeBefore);
    }
  }

  private void resize(StoredDevice device, long sizeBefore) {
    DeviceRecord record = device.record();
    ThinDevice inUse = directory.inUse(record.id);
    if (inUse != null) {
      inUse.resized(record.sizeBytes);
    }
    long last = virtualBlocks(sizeBefore);
    long block = virtualBlocks(record.sizeBytes);
    if (record.is(DeviceRecord.GUARANTEED)) {
      keep(record, Math.max(0, record.reservedBlocks + block - last));
    }
    while (block < last) {
      block = device.unmapSome(block, last);
    }
  }

  private void rename(String name, int id) {
    if (id == 0) {
      directory.unnamed(name);
    } else {
      directory.named(name, id);
    }
  }

  /**
   * Refuses a guarantee that the pool cannot give, and snapshots and sizes that would break one.
   */
  private void checkGuarantees() {
    long more = 0;
    for (Map.Entry<Integer, Long> entry : operations.guarantees().entrySet()) {
      more += Math.max(0, entry.getValue()) - reservedFor(entry.getKey());
    }
    for (OperationList.Step step : operations.steps()) {
      more += step.kind() == OperationList.Kind.SNAPSHOT ? moreForSnapshot(step.originId()) : 0;
    }
    for (DeviceDraft draft : operations.drafts().values()) {
      more += draft.guaranteed ? moreForSize(draft) : 0;
    }
    if (more > 0 && more > state.availableBlocks()) {
      throw new OutOfDataSpaceException(
          "pool has not the space for a write guarantee; grow it or remove devices: needed_blocks="
              + more
              + " free_blocks="
              + state.availableBlocks());
    }
  }

  private long reservedFor(int id) {
    StoredDevice device = state.table.find(id);
    return device == null ? 0 : device.record().reservedBlocks;
  }

  private long moreForSnapshot(int originId) {
    StoredDevice origin = state.table.find(originId);
    if (origin == null || !origin.record().is(DeviceRecord.GUARANTEED)) {
      return 0;
    }
    return virtualBlocks(origin.record().sizeBytes) - origin.record().reservedBlocks;
  }

  private long moreForSize(DeviceDraft draft) {
    StoredDevice device = state.table.find(draft.id);
    return device == null
        ? 0
        : Math.max(0, virtualBlocks(draft.sizeBytes) - virtualBlocks(device.record().sizeBytes));
  }
}
