// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static io.veneer.tools.check.DamagedPool.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.CountsFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.Superblock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference counts that are wrong under right checksums. */
class DamagedCountsTest {
  private final DamagedPool pool = new DamagedPool();

  private long usedBlock(boolean nodes) {
    return nodes
        ? pool.root(WEB) - pool.geometry().nodesStart()
        : MappingEntry.dataBlock(pool.entry(pool.leaf(WEB, 0), 12));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countTooLowIsFatal(boolean nodes) {
    long block = usedBlock(nodes);
    int count = pool.count(nodes, block);
    pool.putCount(nodes, block, count - 1);
    pool.assertFatal(
        "counts block",
        "fewer references counted",
        "block=" + block + " expected=" + count + " found=" + (count - 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countTooHighIsALeak(boolean nodes) {
    long block = usedBlock(nodes);
    int count = pool.count(nodes, block);
    pool.putCount(nodes, block, count + 70_000);
    pool.assertHarmless(
        "leak", "block=" + block + " expected=" + count + " found=" + (count + 70_000));
    CheckStatistics statistics = pool.check().statistics();
    assertEquals(1, nodes ? statistics.leakedNodes() : statistics.leakedDataBlocks());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countOfAFreeBlockIsALeak(boolean nodes) {
    leak(nodes, 600, 3);
    pool.assertHarmless("blocks to 602 have", "leak", "block=600 expected=0 found=1");
    CheckStatistics statistics = pool.check().statistics();
    assertEquals(3, nodes ? statistics.leakedNodes() : statistics.leakedDataBlocks());
  }

  /** What a crash between an allocation and its mapping leaves. */
  private void leak(boolean nodes, int first, int blocks) {
    for (int i = 0; i < blocks; i++) {
      pool.putCount(nodes, first + i, 1);
    }
    addUsed(nodes, blocks);
    pool.changeSuperblock(
        s -> {
          s.usedNodeBlocks += nodes ? blocks : 0;
          s.usedDataBlocks += nodes ? 0 : blocks;
          s.nodeHighWater = Math.max(s.nodeHighWater, nodes ? first + blocks : 0);
          s.dataHighWater = Math.max(s.dataHighWater, nodes ? 0 : first + blocks);
        });
    if (!nodes) {
      pool.files().data(SamplePool.BLOCK).reserve(0, pool.superblock().dataHighWater * 4096);
    }
  }

  private void addUsed(boolean nodes, int blocks) {
    pool.change(
        pool.counts(nodes),
        i -> i.putInt(BlockHeaderFormat.USED, i.getInt(BlockHeaderFormat.USED) + blocks));
    pool.change(
        pool.index(nodes),
        i -> {
          int at = CountsFormat.indexOffset(0);
          i.putShort(at, (short) (i.getShort(at) + blocks));
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsUsedBlocksThatAreNotUsed(boolean nodes) {
    addUsed(nodes, 1);
    pool.assertFatal("counts have wrong number of used blocks");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsIndexThatDisagreesWithCounts(boolean nodes) {
    pool.change(
        pool.index(nodes),
        i -> {
          int at = CountsFormat.indexOffset(0);
          i.putShort(at, (short) (i.getShort(at) + 1));
        });
    pool.assertFatal("counts have wrong number of used blocks");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsWrongTotals(boolean nodes) {
    pool.changeSuperblock(
        s -> {
          s.usedNodeBlocks += nodes ? 1 : 0;
          s.usedDataBlocks += nodes ? 0 : 1;
        });
    pool.assertFatal(
        "superblock has wrong number of used " + (nodes ? "metadata" : "data") + " blocks");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsHighWaterMarkBelowUsedBlocks(boolean nodes) {
    pool.changeSuperblock(
        s -> {
          s.nodeHighWater = nodes ? 1 : s.nodeHighWater;
          s.dataHighWater = nodes ? s.dataHighWater : 1;
        });
    pool.assertFatal("high-water mark");
  }

  @Test
  void findsCountBeyondTheEnd() {
    pool.changeSuperblock(
        s -> {
          s.dataBlocks = 1000;
          s.dataLimitBlocks = 1000;
        });
    pool.putCount(false, 1100, 1);
    pool.assertFatal("data block beyond the end has a count", "block=1100");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsWrongKey(boolean nodes) {
    pool.putLong(pool.counts(nodes), BlockHeaderFormat.KEY, 7);
    pool.assertFatal("counts have wrong key");
    pool.putLong(pool.index(nodes), BlockHeaderFormat.KEY, 7);
    pool.assertFatal("count index block", "counts have wrong key");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsImpossibleIndexEntry(boolean nodes) {
    for (int entry : new int[] {0xc001, 0x4000 | 1345, 0x4800, 0x0001}) {
      pool.change(pool.index(nodes), i -> i.putShort(CountsFormat.indexOffset(0), (short) entry));
      pool.assertFatal("[entry 0]: impossible entry");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsCountsThatTheIndexForgot(boolean nodes) {
    pool.change(pool.index(nodes), i -> i.putShort(CountsFormat.indexOffset(0), (short) 0));
    pool.assertFatal("fewer references counted");
    pool.changeSuperblock(s -> (nodes ? s.nodeIndexSlots : s.dataIndexSlots)[0] = 0);
    pool.assertFatal("fewer references counted");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsSlotThatIsNone(boolean nodes) {
    pool.changeSuperblock(
        s -> Superblock.setSlot(nodes ? s.nodeIndexSlots : s.dataIndexSlots, 0, 3));
    pool.assertFatal("wrong slot of");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void findsSlotOfNoIndexBlock(boolean nodes) {
    pool.changeSuperblock(
        s -> Superblock.setSlot(nodes ? s.nodeIndexSlots : s.dataIndexSlots, 2040, 1));
    pool.assertFatal("slot for no index block");
  }
}
