// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import java.util.List;

/**
 * The free data blocks that are kept for devices with a write guarantee: one for each virtual block
 * that the device does not hold alone. All methods are called under the metadata lock.
 */
final class Guarantees {
  private final PoolState state;

  Guarantees(PoolState state) {
    this.state = state;
  }

  long virtualBlocks(long sizeBytes) {
    int blockBytes = state.superblock.blockSizeBytes;
    return (sizeBytes + blockBytes - 1) / blockBytes;
  }

  void keep(DeviceRecord record, long blocks) {
    state.superblock.reservedBlocks += blocks - record.reservedBlocks;
    record.reservedBlocks = blocks;
  }

  /**
   * Refuses what would need more free blocks than there are.
   *
   * @param more blocks to keep beyond those kept now
   */
  void require(long more) {
    if (more > 0 && more > state.availableBlocks()) {
      throw new OutOfDataSpaceException(
          "pool has not the space for a write guarantee; grow it or remove devices: needed_blocks="
              + more
              + " free_blocks="
              + state.availableBlocks());
    }
  }

  /** Held metadata shares all that devices map, as a snapshot of each would. */
  void keepForHeldMetadata(List<StoredDevice> devices) {
    List<StoredDevice> guaranteed =
        devices.stream().filter(device -> device.record().is(DeviceRecord.GUARANTEED)).toList();
    require(
        guaranteed.stream()
            .map(StoredDevice::record)
            .mapToLong(record -> virtualBlocks(record.sizeBytes) - record.reservedBlocks)
            .sum());
    for (StoredDevice device : guaranteed) {
      state.table.touch(device);
      keep(device.record(), virtualBlocks(device.record().sizeBytes));
    }
  }
}
