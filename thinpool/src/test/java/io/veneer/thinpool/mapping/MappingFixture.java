// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.file.WatchedPoolFiles.Call;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.space.NodeAllocator.Purpose;
import io.veneer.thinpool.space.SpaceFixture;
import io.veneer.thinpool.space.SpaceMap;

/** The device table of a pool on files in memory, used by one thread. */
public class MappingFixture extends SpaceFixture {
  /** The table. */
  public DeviceTable table;

  /** Makes an empty pool with ample room. */
  public MappingFixture() {
    super(1 << 20, 1 << 16);
  }

  @Override
  protected void addParticipants() {
    table = new DeviceTable(transactions, nodes, data);
    transactions.add(table);
    super.addParticipants();
  }

  /**
   * Adds an empty device.
   *
   * @param id its number
   * @return the device
   */
  public StoredDevice create(int id) {
    DeviceRecord record = new DeviceRecord(id);
    record.name = "device" + id;
    record.sizeBytes = 1L << 40;
    record.createdTime = superblock.clock;
    return table.add(record);
  }

  /**
   * Adds a device that shares another's mappings.
   *
   * @param id its number
   * @param origin the other
   * @return the device
   */
  public StoredDevice snapshot(int id, StoredDevice origin) {
    superblock.clock++;
    DeviceRecord record = new DeviceRecord(id);
    record.name = "device" + id;
    record.sizeBytes = origin.record().sizeBytes;
    record.createdTime = superblock.clock;
    record.snapshottedTime = superblock.clock;
    record.mappedBlocks = origin.record().mappedBlocks;
    origin.record().snapshottedTime = superblock.clock;
    StoredDevice snapshot = table.add(record, origin);
    table.touch(origin);
    return snapshot;
  }

  /**
   * Maps a virtual block to a new data block.
   *
   * @param device the device
   * @param virtualBlock where
   * @return the data block
   */
  public long map(StoredDevice device, long virtualBlock) {
    long block = data.allocate(SpaceMap.NONE);
    device.map(virtualBlock, MappingEntry.data(block, superblock.clock));
    return block;
  }

  /**
   * Removes a device with all it holds.
   *
   * @param device the device
   */
  public void remove(StoredDevice device) {
    boolean empty = false;
    while (!empty) {
      empty = device.trim(4);
    }
    table.remove(device);
  }

  /** Commits, and gives back what was freed. */
  public void commit() {
    transactions.commit();
    giveBack();
  }

  /**
   * How often metadata was read.
   *
   * @return since the files were opened
   */
  public long reads() {
    return files.count(Call.METADATA_READ);
  }

  /** The nodes of trees whose entries refer to nothing. */
  NodeStore bareStore() {
    return new NodeStore(BlockType.TABLE_NODE, transactions, nodes, new NoReferences());
  }

  private static final class NoReferences implements LeafValues {
    @Override
    public void increment(long entry) {
      // Refers to nothing.
    }

    @Override
    public void markDropped(long entry) {
      // Refers to nothing.
    }

    @Override
    public void decrement(long entry) {
      // Refers to nothing.
    }
  }

  /** Makes sure of the nodes of one change of a tree. */
  void ensure() {
    nodes.ensure(RadixTree.NODES_PER_CHANGE, Purpose.USE);
  }
}
