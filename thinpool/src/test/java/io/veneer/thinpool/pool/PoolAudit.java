// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceRecordFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks a closed pool with nothing but the formats, and compares what it finds with what is
 * recorded: reference counts of data blocks and nodes, used blocks, devices, reserved blocks.
 */
final class PoolAudit {
  private final PoolFiles files;
  private final Superblock superblock;
  private final Map<Long, Integer> nodes = new HashMap<>();
  private final Map<Long, Integer> data = new HashMap<>();
  private final List<String> findings = new ArrayList<>();
  private long reserved;
  private int devices;
  private int removing;
  private long mapped;

  private PoolAudit(PoolFiles files) {
    this.files = files;
    this.superblock = newest();
  }

  /** What is wrong; empty for a sound pool. */
  static List<String> of(PoolFiles files) {
    PoolAudit audit = new PoolAudit(files);
    audit.walk();
    return audit.findings;
  }

  private Superblock newest() {
    Superblock newest = null;
    for (int slot = 0; slot < 2; slot++) {
      try {
        Superblock each = SuperblockFormat.decode(image(slot), slot);
        newest = newest == null || each.sequence > newest.sequence ? each : newest;
      } catch (io.veneer.thinpool.CorruptMetadataException e) {
        // The other slot counts.
      }
    }
    return newest;
  }

  private ByteBuffer image(long block) {
    ByteBuffer image = BlockHeaderFormat.newBlock();
    files.metadata().read(block, image);
    return image.clear();
  }

  private ByteBuffer verified(long block, BlockType type) {
    ByteBuffer image = image(block);
    BlockHeaderFormat.verify(image, type, block, superblock.poolId);
    return image;
  }

  private void walk() {
    table(superblock.deviceTableRoot, true);
    table(superblock.heldRoot, false);
    expect("reserved blocks", superblock.reservedBlocks, reserved);
    expect("devices", superblock.deviceCount, devices);
    expect("devices being removed", superblock.removingCount, removing);
    expect("used data blocks", superblock.usedDataBlocks, data.size());
    expect("used metadata blocks", superblock.usedNodeBlocks, nodes.size());
    PoolGeometry geometry = superblock.geometry();
    counts("data", data, new Area(geometry.dataIndexStart(), geometry.dataCountsStart(), false));
    counts(
        "metadata", nodes, new Area(geometry.nodeIndexStart(), geometry.nodeCountsStart(), true));
  }

  private void expect(String what, long recorded, long found) {
    if (recorded != found) {
      findings.add(what + ": recorded=" + recorded + " found=" + found);
    }
  }

  /** Counts a reference; true when it is the first, so that what is below is still to be walked. */
  private static boolean refer(Map<Long, Integer> counts, long block) {
    return counts.merge(block, 1, Integer::sum) == 1;
  }

  private boolean referNode(long block) {
    return refer(nodes, block - superblock.geometry().nodesStart());
  }

  private void table(long block, boolean live) {
    if (block == 0 || !referNode(block) && !live) {
      return;
    }
    ByteBuffer node = verified(block, BlockType.TABLE_NODE);
    int level = node.getShort(BlockHeaderFormat.LEVEL);
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.getLong(NodeFormat.entryOffset(i));
      if (entry != 0 && level > 0) {
        table(entry, live);
      } else if (entry != 0) {
        record(entry, (int) node.getLong(BlockHeaderFormat.KEY) + i, live);
      }
    }
  }

  private void record(long block, int id, boolean live) {
    boolean first = referNode(block);
    ByteBuffer image = verified(block, BlockType.DEVICE_RECORD);
    DeviceRecord record = DeviceRecordFormat.decode(image, block, id);
    if (live) {
      reserved += record.reservedBlocks;
      devices += record.is(DeviceRecord.REMOVING) ? 0 : 1;
      removing += record.is(DeviceRecord.REMOVING) ? 1 : 0;
    }
    if (first) {
      for (long text : DeviceRecordFormat.textBlocks(image, block)) {
        referNode(text);
        verified(text, BlockType.DEVICE_TEXT);
      }
      mapping(record.mappingRoot);
      checkFigures(record);
    }
  }

  private void checkFigures(DeviceRecord record) {
    if (!record.is(DeviceRecord.REMOVING)) {
      mapped = 0;
      countMapped(record.mappingRoot);
      expect("mapped blocks of device " + record.id, record.mappedBlocks, mapped);
    }
  }

  private void countMapped(long block) {
    if (block == 0) {
      return;
    }
    ByteBuffer node = verified(block, BlockType.MAPPING_NODE);
    boolean leaf = node.getShort(BlockHeaderFormat.LEVEL) == 0;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.getLong(NodeFormat.entryOffset(i));
      if (leaf) {
        mapped += MappingEntry.isData(entry) ? 1 : 0;
      } else {
        countMapped(entry);
      }
    }
  }

  private void mapping(long block) {
    if (block == 0 || !referNode(block)) {
      return;
    }
    ByteBuffer node = verified(block, BlockType.MAPPING_NODE);
    boolean leaf = node.getShort(BlockHeaderFormat.LEVEL) == 0;
    int used = 0;
    for (int i = 0; i < NodeFormat.ENTRIES; i++) {
      long entry = node.getLong(NodeFormat.entryOffset(i));
      used += entry == 0 ? 0 : 1;
      if (!leaf) {
        mapping(entry);
      } else if (MappingEntry.isData(entry)) {
        refer(data, MappingEntry.dataBlock(entry));
      }
    }
    expect("used entries of node " + block, node.getInt(BlockHeaderFormat.USED), used);
    if (used == 0) {
      findings.add("empty node: block=" + block);
    }
  }

  private record Area(long indexStart, long countsStart, boolean ofNodes) {}

  private void counts(String what, Map<Long, Integer> references, Area area) {
    long blocksMax = area.ofNodes() ? superblock.nodeBlocksMax : superblock.dataBlocksMax;
    byte[] slots = area.ofNodes() ? superblock.nodeIndexSlots : superblock.dataIndexSlots;
    Map<Long, Integer> recorded = new HashMap<>();
    for (int index = 0; index < PoolGeometry.indexBlocks(blocksMax); index++) {
      int slot = Superblock.slot(slots, index);
      if (slot != CountsFormat.SLOT_NONE) {
        long block = area.indexStart() + (long) index * CountsFormat.SLOTS + slot - 1;
        index(verified(block, BlockType.COUNT_INDEX), index, area, recorded);
      }
    }
    for (Map.Entry<Long, Integer> each : references.entrySet()) {
      int count = recorded.getOrDefault(each.getKey(), 0);
      expect(what + " count of block " + each.getKey(), count, each.getValue());
    }
    recorded.keySet().removeAll(references.keySet());
    recorded.forEach((block, count) -> findings.add(what + " leak: " + block + "=" + count));
  }

  private void index(ByteBuffer image, int index, Area area, Map<Long, Integer> recorded) {
    for (int i = 0; i < CountsFormat.INDEX_ENTRIES; i++) {
      short entry = image.getShort(CountsFormat.indexOffset(i));
      int slot = CountsFormat.slot(entry);
      if (slot != CountsFormat.SLOT_NONE) {
        long page = (long) index * CountsFormat.INDEX_ENTRIES + i;
        long block = area.countsStart() + page * CountsFormat.SLOTS + slot - 1;
        page(verified(block, BlockType.COUNTS), page, CountsFormat.used(entry), recorded);
      }
    }
  }

  private void page(ByteBuffer image, long page, int used, Map<Long, Integer> recorded) {
    int found = 0;
    for (int i = 0; i < CountsFormat.COUNTS; i++) {
      int at = CountsFormat.countOffset(i);
      int count = count(image, at);
      if (count > 0) {
        recorded.put(page * CountsFormat.COUNTS + i, count);
        found++;
      }
    }
    expect("used counts of page " + page, used, found);
  }

  private static int count(ByteBuffer image, int at) {
    int low = Short.toUnsignedInt(image.getShort(at));
    return low | (image.get(at + Short.BYTES) & 0xff) << Short.SIZE;
  }
}
