// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static io.veneer.tools.check.DamagedPool.BASE;
import static io.veneer.tools.check.DamagedPool.DB;
import static io.veneer.tools.check.DamagedPool.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.BlockType;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.NodeFormat;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Trees that are wrong under right checksums. */
class DamagedNodesTest {
  private final DamagedPool pool = new DamagedPool();

  @Test
  void saysTheWayFromTheRoot() {
    long leaf = pool.leaf(WEB, 1);
    pool.files().flipMetadataBit(leaf * 4096 + 100, 3);
    CheckReport report = pool.check();
    CheckFinding finding = report.findings().get(0);
    assertEquals(leaf, finding.block());
    String way =
        "superblock %d > device table node %d [entry 2] > device 2 \"web\" record %d"
            + " > mapping node %d [level 1, entry 1] > leaf %d";
    String expected =
        way.formatted(pool.newestSlot(), pool.table(), pool.record(WEB), pool.root(WEB), leaf);
    assertEquals(expected, finding.path());
    assertEquals("mapping node has wrong checksum", finding.problem());
    assertEquals(
        expected
            + ": mapping node has wrong checksum: block="
            + leaf
            + " expected="
            + finding.expected()
            + " found="
            + finding.found(),
        finding.message());
  }

  @Test
  void damagedNodeEndsOnlyItsPath() {
    pool.files().flipMetadataBit(pool.leaf(BASE, 1) * 4096 + 100, 3);
    pool.putLong(pool.leaf(WEB, 1), BlockHeaderFormat.KEY, 7);
    pool.assertFatal("device 1", "wrong checksum");
    pool.assertFatal("device 2", "wrong key", "expected=504 found=7");
  }

  @Test
  void whatDamageHidesIsNotCalledALeak() {
    pool.files().flipMetadataBit(pool.root(BASE) * 4096 + 100, 3);
    CheckReport report = pool.check();
    assertTrue(
        report.findings().stream().noneMatch(f -> f.problem().contains("(leak)")),
        report.findings().toString());
    pool.assertFatal("wrong checksum");
  }

  @Test
  void findsWrongPlace() {
    pool.putLong(pool.root(WEB), BlockHeaderFormat.BLOCK, 5);
    pool.assertFatal("wrong place");
  }

  @Test
  void findsBlockOfAnotherPool() {
    pool.putLong(pool.root(WEB), BlockHeaderFormat.POOL_ID, 5);
    pool.assertFatal("wrong pool");
  }

  @Test
  void findsWrongType() {
    pool.change(
        pool.root(WEB),
        image -> image.putShort(BlockHeaderFormat.TYPE, (short) BlockType.TABLE_NODE.code()));
    pool.assertFatal("wrong type");
  }

  @Test
  void findsReservedBytesOfTheHeader() {
    pool.change(pool.root(WEB), image -> image.put(BlockHeaderFormat.RESERVED + 9, (byte) 1));
    pool.assertFatal("reserved");
  }

  @Test
  void findsNodeOfALaterCommit() {
    pool.putLong(pool.root(WEB), BlockHeaderFormat.SEQUENCE, 1L << 40);
    pool.assertFatal("commit that there is not");
  }

  @Test
  void findsChildThatIsNewerThanItsParent() {
    long record = pool.record(DB);
    long sequence = pool.image(record).getLong(BlockHeaderFormat.SEQUENCE);
    pool.putLong(pool.root(DB), BlockHeaderFormat.SEQUENCE, sequence + 1);
    pool.assertFatal("later than what refers to it", "device 3 \"db\"");
  }

  @Test
  void findsWrongLevel() {
    pool.change(pool.leaf(WEB, 1), image -> image.putShort(BlockHeaderFormat.LEVEL, (short) 2));
    pool.assertFatal("wrong level", "expected=0 found=2");
  }

  @Test
  void findsCycle() {
    pool.putEntry(pool.root(WEB), 0, pool.root(WEB));
    pool.assertFatal("used in two ways", "found=mapping node for key 0 at level 1");
  }

  @Test
  void findsCycleThroughTheTable() {
    pool.putEntry(pool.root(WEB), 0, pool.table());
    pool.assertFatal("used in two ways", "found=device table node");
  }

  @Test
  void findsNodeThatStandsForTwoRanges() {
    pool.putEntry(pool.root(WEB), 1, pool.leaf(WEB, 0));
    pool.assertFatal("used in two ways", "expected=mapping node for key 504", "found=");
  }

  @Test
  void findsEntryOutsideTheNodeArea() {
    pool.putEntry(pool.root(WEB), 1, 3);
    pool.assertFatal("outside the node area", "[level 1, entry 1]", "found=3");
  }

  @Test
  void findsNegativeEntry() {
    pool.putEntry(pool.root(WEB), 1, Long.MIN_VALUE);
    pool.assertFatal("outside the node area");
  }

  @Test
  void findsEntryToABlockThatWasNeverWritten() {
    pool.putEntry(pool.root(WEB), 1, pool.geometry().nodesStart() + 4000);
    pool.assertFatal("wrong checksum");
  }

  @Test
  void findsWrongNumberOfEntries() {
    pool.putInt(pool.leaf(WEB, 0), BlockHeaderFormat.USED, 1);
    pool.assertFatal("wrong number of entries", "found=1");
  }

  @Test
  void findsEmptyNode() {
    pool.change(pool.leaf(WEB, 1), DamagedNodesTest::clear);
    pool.assertFatal("node without entries");
  }

  private static void clear(ByteBuffer image) {
    image.putInt(BlockHeaderFormat.USED, 0);
    image.put(NodeFormat.FIRST_ENTRY, new byte[BlockHeaderFormat.BODY_BYTES]);
  }

  @Test
  void findsMappingOutsideTheDataFile() {
    pool.putEntry(pool.leaf(WEB, 0), 10, MappingEntry.data(pool.superblock().dataBlocks, 1));
    pool.assertFatal("outside the data file", "leaf", "[entry 10]");
  }

  @Test
  void findsMappingThatIsHoleAndNot() {
    pool.putEntry(pool.leaf(WEB, 0), 10, 77);
    pool.assertFatal("impossible bits", "found=4d");
  }

  @Test
  void findsZeroMappingWithADataBlock() {
    pool.putEntry(pool.leaf(WEB, 0), 10, MappingEntry.zero(1) | 5);
    pool.assertFatal("impossible bits");
  }

  @Test
  void findsMappingFromTheFuture() {
    long entry = pool.entry(pool.leaf(WEB, 0), 10);
    long later = MappingEntry.data(MappingEntry.dataBlock(entry), pool.superblock().clock + 1);
    pool.putEntry(pool.leaf(WEB, 0), 10, later);
    pool.assertFatal("newer than the pool's clock");
  }

  @Test
  void findsTwoMappingsToOneBlock() {
    pool.putEntry(pool.leaf(WEB, 0), 10, pool.entry(pool.leaf(WEB, 0), 11));
    pool.assertFatal("fewer references counted");
  }

  @Test
  void findsTableThatIsTooHigh() {
    pool.change(pool.table(), image -> image.putShort(BlockHeaderFormat.LEVEL, (short) 60_000));
    pool.assertFatal("wrong level");
  }

  @Test
  void findsTableOutsideTheNodeArea() {
    pool.changeSuperblock(s -> s.deviceTableRoot = 1L << 50);
    pool.assertFatal("outside the node area");
  }

  @Test
  void findsHeldTableThatIsNone() {
    pool.changeSuperblock(s -> s.heldRoot = pool.root(WEB));
    pool.assertFatal("superblock (held root)", "used in two ways");
  }

  @Test
  void findsHeldTableThatIsNotCounted() {
    pool.changeSuperblock(s -> s.heldRoot = s.deviceTableRoot);
    pool.assertFatal("metadata block has fewer references counted", "expected=2 found=1");
  }
}
