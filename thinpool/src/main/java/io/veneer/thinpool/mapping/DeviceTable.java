// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.mapping;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.DeviceText;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.space.NodeAllocator.Purpose;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.Participant;
import io.veneer.thinpool.transaction.Transactions;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The devices of a pool: a tree from device id to device record, and the records that are in
 * memory. There is one object a device, so that all who use it see the same state.
 *
 * <p>All methods are called under the metadata lock, but where they say otherwise.
 */
public final class DeviceTable implements Participant {
  /**
   * Blocks that a change to one device's record can take: the record and its place in the table.
   */
  public static final int NODES_PER_RECORD = 1 + RadixTree.NODES_PER_CHANGE;

  /** Blocks that a change to one device's mappings can take. */
  private static final int NODES_PER_CHANGE = NODES_PER_RECORD + RadixTree.NODES_PER_CHANGE;

  private final Transactions transactions;
  private final NodeAllocator nodes;
  private final SpaceMap data;
  private final NodeStore mappingNodes;
  private final NodeStore tableNodes;
  private final MappingReferences references;
  private final RadixTree table;
  private final Map<Integer, StoredDevice> loaded = new LinkedHashMap<>();
  private final Map<Integer, StoredDevice> touched = new LinkedHashMap<>();
  private boolean holding;

  /**
   * Opens the device table of a pool.
   *
   * @param transactions where it takes part; the caller adds it, before the space maps
   * @param nodes metadata blocks
   * @param data data blocks
   */
  public DeviceTable(Transactions transactions, NodeAllocator nodes, SpaceMap data) {
    this.transactions = transactions;
    this.nodes = nodes;
    this.data = data;
    this.mappingNodes =
        new NodeStore(BlockType.MAPPING_NODE, transactions, nodes, new DataReferences());
    this.references = new MappingReferences(transactions, mappingNodes, data);
    this.tableNodes =
        new NodeStore(BlockType.TABLE_NODE, transactions, nodes, new RecordReferences());
    this.table = openTable(transactions.superblock());
  }

  private RadixTree openTable(Superblock superblock) {
    long root = superblock.deviceTableRoot;
    if (root == 0) {
      return new RadixTree(tableNodes, 0, null);
    }
    ByteBuffer image = transactions.reader().read(root, BlockType.TABLE_NODE);
    int level = Short.toUnsignedInt(image.getShort(BlockHeaderFormat.LEVEL));
    return RadixTree.open(tableNodes, 0, root, Math.min(level, NodeFormat.LEVEL_MAX));
  }

  SpaceMap data() {
    return data;
  }

  /**
   * Finds a device.
   *
   * @param id its number
   * @return the device, or null if there is none
   */
  public StoredDevice find(int id) {
    StoredDevice device = loaded.get(id);
    if (device == null) {
      long block = table.get(id);
      device = block == 0 ? null : load(id, block);
    }
    return device;
  }

  private StoredDevice load(int id, long block) {
    ByteBuffer image = transactions.reader().read(block, BlockType.DEVICE_RECORD);
    DeviceRecord record = DeviceRecordFormat.decode(image, block, id);
    int textBytes = DeviceRecordFormat.textBytes(image, block);
    long[] textBlocks = DeviceRecordFormat.textBlocks(image, block);
    byte[] text = readText(image, textBytes, textBlocks);
    DeviceText.decode(text, record, block);
    RadixTree tree = RadixTree.open(mappingNodes, id, record.mappingRoot, record.mappingLevel);
    StoredDevice device = new StoredDevice(this, record, tree);
    device.block = block;
    device.text = text;
    device.textBlocks = textBlocks;
    loaded.put(id, device);
    return device;
  }

  private byte[] readText(ByteBuffer image, int textBytes, long[] textBlocks) {
    byte[] text = new byte[textBytes];
    int at = Math.min(textBytes, DeviceRecordFormat.TEXT_INLINE_BYTES);
    image.get(DeviceRecordFormat.TEXT_AT, text, 0, at);
    for (long block : textBlocks) {
      int bytes = Math.min(textBytes - at, DeviceRecordFormat.TEXT_BLOCK_BYTES);
      transactions
          .reader()
          .read(block, BlockType.DEVICE_TEXT)
          .get(BlockHeaderFormat.LENGTH, text, at, bytes);
      at += bytes;
    }
    return text;
  }

  /**
   * Visits the number of every device, those being removed included. A part of the table that
   * cannot be read is left out, and the rest visited all the same.
   *
   * @param visitor takes the numbers, ascending
   * @return why a part could not be read, or null if all could
   */
  public PoolException forEachId(IntConsumer visitor) {
    PoolException damage = null;
    long key = 0;
    while (key <= DeviceRecord.ID_MAX) {
      try {
        Node leaf = table.leafFrom(key);
        if (leaf == null) {
          break;
        }
        visit(leaf, visitor);
        key = leaf.end();
      } catch (CorruptMetadataException | PoolIoException e) {
        damage = e;
        key = (key / NodeFormat.ENTRIES + 1) * NodeFormat.ENTRIES;
      }
    }
    return damage;
  }

  private static void visit(Node leaf, IntConsumer visitor) {
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      if (leaf.entry(i) != 0) {
        visitor.accept((int) leaf.key + i);
      }
    }
  }

  /**
   * Whether a device has a number.
   *
   * @param id the number
   * @return true when it is taken
   */
  public boolean contains(int id) {
    return table.get(id) != 0;
  }

  /**
   * Adds an empty device.
   *
   * @param record what is recorded of it; its text included
   * @return the device
   */
  public StoredDevice add(DeviceRecord record) {
    return add(record, null);
  }

  /**
   * Adds a device with the mappings of another. O(1).
   *
   * @param record what is recorded of it; its text included
   * @param origin the device to share mappings with, or null
   * @return the device
   */
  public StoredDevice add(DeviceRecord record, StoredDevice origin) {
    byte[] text = DeviceText.encode(record);
    nodes.ensure(NODES_PER_RECORD + DeviceRecordFormat.textBlocksFor(text.length), Purpose.USE);
    RadixTree tree =
        origin == null
            ? new RadixTree(mappingNodes, record.id, null)
            : origin.tree().share(record.id);
    StoredDevice device = new StoredDevice(this, record, tree);
    loaded.put(record.id, device);
    touchReady(device);
    writeText(device, text);
    device.changedIn(transactions.openSequence());
    return device;
  }

  /**
   * Makes sure that a change to a device cannot fail for metadata space, and that its record will
   * be written.
   *
   * @param device the device
   * @param purpose what the change is for
   */
  void prepare(StoredDevice device, Purpose purpose) {
    nodes.ensure(NODES_PER_CHANGE, purpose);
    touchReady(device);
    device.changedIn(transactions.openSequence());
  }

  /**
   * Says that a device's record changes, its text not.
   *
   * @param device the device
   */
  public void touch(StoredDevice device) {
    nodes.ensure(NODES_PER_RECORD, Purpose.REMOVE);
    touchReady(device);
    device.changedIn(transactions.openSequence());
  }

  /**
   * Says that a device's name, external origin or attributes changed.
   *
   * @param device the device
   */
  public void textChanged(StoredDevice device) {
    byte[] text = DeviceText.encode(device.record());
    nodes.ensure(NODES_PER_RECORD + DeviceRecordFormat.textBlocksFor(text.length), Purpose.USE);
    touchReady(device);
    for (long block : device.textBlocks) {
      nodes.decrement(block);
    }
    writeText(device, text);
    device.changedIn(transactions.openSequence());
  }

  /**
   * Gives the record a block of this transaction; what it refers to is then referred to by one
   * more, or by the same.
   */
  private void touchReady(StoredDevice device) {
    if (device.touchedIn == transactions.openSequence()) {
      return;
    }
    long old = device.block;
    device.block = nodes.take();
    device.touchedIn = transactions.openSequence();
    touched.put(device.record().id, device);
    table.put(device.record().id, device.block);
    if (old != 0) {
      handOver(device, old);
    }
  }

  private void handOver(StoredDevice device, long old) {
    boolean exclusive = nodes.isExclusive(old);
    if (nodes.decrement(old) > 0) {
      shareContent(device);
    } else if (!exclusive && device.tree().rootBlock() != 0) {
      nodes.markDropped(device.tree().rootBlock());
    }
  }

  private void shareContent(StoredDevice device) {
    if (device.tree().rootBlock() != 0) {
      nodes.increment(device.tree().rootBlock());
    }
    for (long block : device.textBlocks) {
      nodes.increment(block);
    }
  }

  private void writeText(StoredDevice device, byte[] text) {
    long[] blocks = new long[DeviceRecordFormat.textBlocksFor(text.length)];
    device.text = text;
    device.textBlocks = blocks;
    int at = DeviceRecordFormat.TEXT_INLINE_BYTES;
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = nodes.take();
      int bytes = Math.min(text.length - at, DeviceRecordFormat.TEXT_BLOCK_BYTES);
      ByteBuffer body = BlockHeaderFormat.newBlock().put(BlockHeaderFormat.LENGTH, text, at, bytes);
      stage(BlockType.DEVICE_TEXT, blocks[i], i, device, body);
      at += bytes;
    }
  }

  private void stage(BlockType type, long block, long key, StoredDevice device, ByteBuffer body) {
    Superblock superblock = transactions.superblock();
    BlockHeaderFormat.Header header =
        new BlockHeaderFormat.Header(
            block,
            0,
            transactions.openSequence(),
            superblock.poolId,
            key,
            device.textBlocks.length,
            device.record().id);
    transactions.stage(new StagedImage(type, header, body));
  }

  /**
   * Takes a device out of the table for good; nothing is mapped any more.
   *
   * @param device the device
   */
  public void remove(StoredDevice device) {
    int id = device.record().id;
    nodes.ensure(NODES_PER_RECORD, Purpose.REMOVE);
    table.clear(id);
    loaded.remove(id);
    touched.remove(id);
    if (nodes.decrement(device.block) == 0) {
      for (long block : device.textBlocks) {
        nodes.decrement(block);
      }
    }
  }

  /** Stops commits after a change that failed half way; returns the cause, to be thrown. */
  RuntimeException poison(Throwable cause) {
    transactions.poison(cause);
    if (cause instanceof Error) {
      throw (Error) cause;
    }
    return (RuntimeException) cause;
  }

  /**
   * Keeps or frees data blocks for a device with a write guarantee; never more than it has virtual
   * blocks.
   */
  void reserve(DeviceRecord record, int blocks) {
    Superblock superblock = transactions.superblock();
    long after = record.reservedBlocks + blocks;
    long most = -Math.floorDiv(-record.sizeBytes, superblock.blockSizeBytes);
    if (record.is(DeviceRecord.GUARANTEED) && after >= 0 && after <= most) {
      record.reservedBlocks = after;
      superblock.reservedBlocks += blocks;
    }
  }

  /** Who refers to the nodes and data blocks of mappings; any thread in flight. */
  MappingReferences references() {
    return references;
  }

  /**
   * Lets go of nodes in memory, if more than a number were read since the last time.
   *
   * @param nodesMax how many may stay
   */
  public void limitMemory(long nodesMax) {
    if (mappingNodes.hasLoadedMoreThan(nodesMax)) {
      loaded.values().forEach(device -> device.tree().forgetClean());
    }
  }

  /**
   * Has the next commit hold the table as that commit makes it, for tools that read a live pool.
   */
  public void holdAtNextCommit() {
    holding = true;
    transactions.touch();
  }

  private void hold() {
    transactions.superblock().heldRoot = table.rootBlock();
    if (table.root() != null) {
      tableNodes.share(table.root());
    }
    holding = false;
  }

  /**
   * Whether held metadata reaches a device as it is, and so all that it maps, though the counts of
   * its mappings do not show it: they do once the record was written anew.
   */
  boolean isHeld(StoredDevice device) {
    transactions.lock().lock();
    try {
      return nodes.count(device.block) > 1 || table.isPathShared(device.record().id);
    } finally {
      transactions.lock().unlock();
    }
  }

  /** Lets the held table go, with all that only it refers to. */
  public void releaseHeld() {
    Superblock superblock = transactions.superblock();
    if (superblock.heldRoot != 0) {
      ByteBuffer image = transactions.reader().read(superblock.heldRoot, BlockType.TABLE_NODE);
      tableNodes.drop(Node.decode(BlockType.TABLE_NODE, image));
      superblock.heldRoot = 0;
      transactions.touch();
    }
  }

  @Override
  public void freeze() {
    for (StoredDevice device : touched.values()) {
      DeviceRecord record = device.record();
      record.mappingRoot = device.tree().rootBlock();
      record.mappingLevel = device.tree().rootLevel();
      ByteBuffer body = BlockHeaderFormat.newBlock();
      DeviceRecordFormat.encode(record, device.text, device.textBlocks, body);
      stage(BlockType.DEVICE_RECORD, device.block, record.id, device, body);
    }
    touched.clear();
    transactions.superblock().deviceTableRoot = table.rootBlock();
    if (holding) {
      hold();
    }
  }

  @Override
  public void durable(long sequence) {
    // Nothing waits for durability here: records are looked up in memory.
  }

  /** Entries of mapping leaves refer to data blocks. */
  private final class DataReferences implements LeafValues {
    @Override
    public void increment(long entry) {
      if (MappingEntry.isData(entry)) {
        data.increment(MappingEntry.dataBlock(entry));
      }
    }

    @Override
    public void markDropped(long entry) {
      if (MappingEntry.isData(entry)) {
        data.markDropped(MappingEntry.dataBlock(entry));
      }
    }

    @Override
    public void decrement(long entry) {
      if (MappingEntry.isData(entry)) {
        data.decrement(MappingEntry.dataBlock(entry));
      }
    }
  }

  /** Entries of table leaves refer to records, which refer to a mapping tree and to text blocks. */
  private final class RecordReferences implements LeafValues {
    @Override
    public void increment(long block) {
      nodes.increment(block);
    }

    @Override
    public void markDropped(long block) {
      nodes.markDropped(block);
    }

    @Override
    public void decrement(long block) {
      if (nodes.decrement(block) == 0) {
        dropContent(block);
      }
    }

    private void dropContent(long block) {
      ByteBuffer image = transactions.reader().read(block, BlockType.DEVICE_RECORD);
      int id = (int) image.getLong(BlockHeaderFormat.KEY);
      DeviceRecord record = DeviceRecordFormat.decode(image, block, id);
      for (long textBlock : DeviceRecordFormat.textBlocks(image, block)) {
        nodes.decrement(textBlock);
      }
      if (record.mappingRoot != 0) {
        mappingNodes.drop(mappingNodes.load(record.mappingRoot, record.mappingLevel, 0));
      }
    }
  }
}
