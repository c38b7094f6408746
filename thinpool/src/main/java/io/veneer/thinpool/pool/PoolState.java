// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.SizeGuard;
import io.veneer.thinpool.device.DeviceRoom;
import io.veneer.thinpool.device.IoCounters;
import io.veneer.thinpool.device.Preallocations;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.mapping.DeviceTable;
import io.veneer.thinpool.space.DiscardPassdown;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.ForceOrder;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Transactions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The rooms of one open pool, put together. Holds no logic but the pool's mode and how to get
 * inside.
 */
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
  final Guarantees guarantees;
  final SpacePolicy space;
  final DiscardPassdown passdown;
  final Preallocations preallocations;
  final DeviceRoom room;
  final RoomSweep sweep;
  final List<SizeGuard> sizeGuards = new CopyOnWriteArrayList<>();
  private volatile boolean outOfData;
  private volatile boolean closed;

  /** The rooms of a pool, which was closed or not after its last commit. */
  PoolState(PoolFiles files, Superblock superblock, boolean wasClosed, ForceOrder forceOrder) {
    this.files = files;
    this.superblock = superblock;
    this.data = files.data(superblock.blockSizeBytes);
    this.transactions = new Transactions(files.metadata(), data, superblock, forceOrder);
    this.dataSpace = SpaceMap.ofData(transactions, inFlight);
    this.nodeSpace = SpaceMap.ofNodes(transactions, inFlight);
    this.nodes = new NodeAllocator(nodeSpace, transactions);
    this.table = new DeviceTable(transactions, nodes, dataSpace);
    this.guarantees = new Guarantees(this);
    this.space = new SpacePolicy(this);
    this.passdown = new DiscardPassdown(transactions, files.location());
    this.preallocations = new Preallocations(transactions, passdown);
    this.room = new DeviceRoom(transactions, dataSpace, preallocations, inFlight, space, counters);
    this.sweep = new RoomSweep(this, wasClosed ? 0 : superblock.dataHighWater);
    transactions.add(table);
    transactions.add(dataSpace);
    transactions.add(nodeSpace);
  }

  PoolMode mode() {
    if (closed) {
      return PoolMode.FAILED;
    }
    if (files.readOnly() || transactions.failure() != null || needsCheck()) {
      return PoolMode.READ_ONLY;
    }
    return outOfData ? PoolMode.OUT_OF_DATA_SPACE : PoolMode.WRITE;
  }

  boolean needsCheck() {
    return superblock.is(SuperblockFormat.STATE_NEEDS_CHECK);
  }

  /** Refuses new work from now on; what is inside ends by itself. */
  void closing() {
    closed = true;
  }

  /** Runs what uses the pool's files, which are not closed meanwhile. */
  <T> T inside(Supplier<T> action) {
    int slot = inFlight.enter(InFlight.READER);
    try {
      return action.get();
    } finally {
      inFlight.exit(slot);
    }
  }

  /** Runs what needs the metadata lock, on a thread that is inside. */
  <T> T locked(Supplier<T> action) {
    transactions.lock().lock();
    try {
      return action.get();
    } finally {
      transactions.lock().unlock();
    }
  }

  void commit() {
    int slot = inFlight.enter(InFlight.READER);
    try {
      transactions.commit();
    } finally {
      inFlight.exit(slot);
    }
  }

  void setOutOfData(boolean out) {
    outOfData = out;
  }

  long blocksToBytes(long dataBlocks) {
    return dataBlocks * superblock.blockSizeBytes;
  }

  /** Data blocks that a write can have without a commit; under the metadata lock. */
  long availableBlocks() {
    return dataSpace.availableBlocks() - superblock.reservedBlocks;
  }
}
