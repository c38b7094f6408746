// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.format.DeviceRecord;
import java.util.Map;

/**
 * A device as a transaction that is being put together will leave it. One transaction, one thread.
 */
final class DeviceDraft {
  final int id;
  String name;
  long sizeBytes;
  String externalOrigin = "";
  int originId;
  boolean sealed;
  boolean guaranteed;
  long quotaBytes;
  Map<String, String> attributes = Map.of();
  boolean textChanged;
  boolean changed;

  DeviceDraft(int id, String name, long sizeBytes) {
    this.id = id;
    this.name = name;
    this.sizeBytes = sizeBytes;
  }

  static DeviceDraft of(DeviceRecord record) {
    DeviceDraft draft = new DeviceDraft(record.id, record.name, record.sizeBytes);
    draft.externalOrigin = record.externalOrigin;
    draft.originId = record.originId;
    draft.sealed = record.is(DeviceRecord.SEALED);
    draft.guaranteed = record.is(DeviceRecord.GUARANTEED);
    draft.quotaBytes = record.quotaBytes;
    draft.attributes = record.attributes;
    return draft;
  }

  /** Writes the draft into a record; the write guarantee is the transaction's business. */
  void writeTo(DeviceRecord record) {
    record.name = name;
    record.sizeBytes = sizeBytes;
    record.externalOrigin = externalOrigin;
    record.originId = originId;
    record.quotaBytes = quotaBytes;
    record.attributes = attributes;
    record.set(DeviceRecord.SEALED, sealed);
  }

  /**
   * Describes the device; under the metadata lock.
   *
   * @param record what is stored of it, or null if it is new
   */
  DeviceInfo info(DeviceRecord record, Directory directory, PoolState state) {
    int blockBytes = state.superblock.blockSizeBytes;
    return new DeviceInfo(
        id,
        name,
        sizeBytes,
        record == null ? 0 : record.mappedBlocks * blockBytes,
        record == null ? 0 : record.ownBlocks * blockBytes,
        originId,
        sealed,
        directory.openCount(id),
        state.counters.failedWrites(id),
        quotaBytes,
        guaranteed,
        externalOrigin,
        record == null ? 0 : record.createdTime,
        record == null ? 0 : record.snapshottedTime,
        record == null ? 0 : record.createdTransactionId,
        attributes);
  }
}
