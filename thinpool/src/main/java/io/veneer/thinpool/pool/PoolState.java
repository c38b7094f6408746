// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.device.DeviceRoom;
import io.veneer.thinpool.device.IoCounters;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.mapping.DeviceTable;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Transactions;

/** The rooms of one open pool, put together. Holds no logic but the pool's mode. */
final class PoolState {
  final PoolFiles files;
  final DataFile data;
  final Superblock superblock;
  final Transactions transactions;
  final InFlight inFlight = new InFlight();
  final IoCounters counters = new IoCounters();
  final SpaceMap dataSpace;
  final SpaceMap nodeSpace;
  final NodeAllocator nodes;
  final DeviceTable table;
  final SpacePolicy space;
  final DeviceRoom room;
  private volatile boolean outOfData;

  PoolState(PoolFiles files, Superblock superblock) {
    this.files = files;
    this.superblock = superblock;
    this.data = files.data(superblock.blockSizeBytes);
    this.transactions = new Transactions(files.metadata(), data, superblock);
    this.dataSpace = SpaceMap.ofData(transactions, inFlight);
    this.nodeSpace = SpaceMap.ofNodes(transactions, inFlight);
    this.nodes = new NodeAllocator(nodeSpace, transactions);
    this.table = new DeviceTable(transactions, nodes, dataSpace);
    this.space = new SpacePolicy(this);
    this.room = new DeviceRoom(transactions, dataSpace, inFlight, space, counters);
    transactions.add(table);
    transactions.add(dataSpace);
    transactions.add(nodeSpace);
  }

  PoolMode mode() {
    if (files.readOnly() || transactions.failure() != null || needsCheck()) {
      return PoolMode.READ_ONLY;
    }
    return outOfData ? PoolMode.OUT_OF_DATA_SPACE : PoolMode.WRITE;
  }

  boolean needsCheck() {
    return superblock.is(SuperblockFormat.STATE_NEEDS_CHECK);
  }

  void setOutOfData(boolean out) {
    outOfData = out;
  }

  long blocksToBytes(long dataBlocks) {
    return dataBlocks * superblock.blockSizeBytes;
  }

  /** Data blocks that a write can have without a commit; under the metadata lock. */
  long availableBlocks() {
    return dataSpace.freeBlocks() - dataSpace.pendingBlocks() - superblock.reservedBlocks;
  }
}
