// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.file.CrashHistory;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.CrashState;
import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.pool.ThinPool;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Superblocks that are damaged, or wrong under a right checksum, and the needs_check flag. */
class DamagedSuperblockTest {
  private final DamagedPool pool = new DamagedPool();

  @Test
  void oneTornSlotIsHarmless() {
    int older = 1 - pool.newestSlot();
    pool.files().flipMetadataBit(older * 4096L + 300, 1);
    pool.assertHarmless("superblock " + older + ": superblock has wrong checksum");
  }

  @Test
  void twoTornSlotsAreFatal() {
    pool.files().flipMetadataBit(300, 1);
    pool.files().flipMetadataBit(4096 + 300, 1);
    pool.assertFatal("superblock 0: superblock has wrong checksum");
    pool.assertFatal("superblock 1: superblock has wrong checksum");
  }

  @Test
  void newerVersionIsFatal() {
    pool.putInt(pool.newestSlot(), 72, 2);
    pool.assertFatal("version=2");
    assertTrue(pool.check().newer());
  }

  @Test
  void damageIsNotTakenForANewerVersion() {
    pool.files().flipMetadataBit(72, 1);
    pool.files().flipMetadataBit(4096 + 72, 1);
    pool.assertFatal("superblock has wrong checksum");
    assertFalse(pool.check().newer());
  }

  @Test
  void unknownFeatureIsFatal() {
    pool.changeSuperblock(s -> s.incompatible = 4);
    pool.assertFatal("flags=0x4");
  }

  @Test
  void findsSlotsOfTwoPools() {
    int older = 1 - pool.newestSlot();
    pool.putLong(older, 24, 77);
    pool.assertFatal("superblocks are of two pools");
  }

  @Test
  void findsSlotsThatAreFarApart() {
    int older = 1 - pool.newestSlot();
    pool.putLong(older, 16, pool.superblock().sequence - 3);
    pool.assertFatal("consecutive commits", "found=3");
  }

  @Test
  void findsMagicThatIsNone() {
    pool.putLong(0, 64, 1).putLong(1, 64, 1);
    pool.assertFatal("wrong magic");
  }

  @Test
  void findsImpossibleBlockSize() {
    pool.putInt(0, 76, 5000).putInt(1, 76, 5000);
    pool.assertFatal("wrong block size");
  }

  @Test
  void findsReservedBytes() {
    for (int offset : new int[] {168, 232, 268, 511, 1536, 4095}) {
      DamagedPool other = new DamagedPool();
      other.change(other.newestSlot(), image -> image.put(offset, (byte) 1));
      other.assertHarmless("reserved byte at offset " + offset);
    }
  }

  private static void assertFindsField(Consumer<Superblock> change, String words) {
    new DamagedPool().changeSuperblock(change).assertFatal("superblock has wrong " + words);
  }

  @Test
  void findsFieldsOutOfRange() {
    assertFindsField(s -> s.clock = 1L << 30, "clock");
    assertFindsField(s -> s.dataLimitBlocks = s.dataBlocks - 1, "data limit");
    assertFindsField(s -> s.usedDataBlocks = s.dataBlocks + 1, "number of used data blocks");
    assertFindsField(s -> s.usedNodeBlocks = -1, "number of used metadata blocks");
    assertFindsField(s -> s.lowWaterBlocks = -1, "low-water mark");
    assertFindsField(s -> s.metadataLowWater = -1, "metadata low-water mark");
    assertFindsField(s -> s.noSpaceTimeoutMillis = -1, "time to wait");
    assertFindsField(s -> s.nextDeviceId = 0, "next device number");
    assertFindsField(s -> s.state = 64, "state");
    assertFindsField(s -> s.dataHighWater = s.dataBlocks + 1, "high-water mark");
  }

  @Test
  void findsFieldsThatDisagreeWithTheDevices() {
    assertFindsField(s -> s.deviceCount++, "number of devices: block=");
    assertFindsField(s -> s.removingCount++, "number of devices being removed");
    assertFindsField(s -> s.reservedBlocks++, "number of blocks kept");
  }

  @Test
  void findsClockThatWentBack() {
    pool.changeSuperblock(s -> s.clock = 0);
    pool.assertFatal("newer than the pool's clock");
  }

  @Test
  void findsDataFileThatWasCutOff() {
    pool.files().cutData(5 * 4096);
    pool.assertFatal("data file is shorter than its pool");
  }

  @Test
  void findsMetadataFileThatWasCutOff() {
    pool.files().cutMetadata((pool.geometry().nodesStart() + 1) * 4096);
    pool.assertFatal("wrong checksum");
  }

  @Test
  void largestSizesAreNoTrouble() {
    pool.changeSuperblock(
        s -> {
          s.dataBlocks = 1L << 32;
          s.dataLimitBlocks = 1L << 32;
          s.nodeBlocks = 1L << 28;
        });
    assertEquals(0, pool.check().fatalCount());
  }

  @Test
  void findsOtherGeometry() {
    pool.changeSuperblock(s -> s.dataBlocksMax = 1L << 30);
    pool.assertFatal("count index block");
  }

  private DamagedPool marked() {
    return pool.changeSuperblock(s -> s.set(SuperblockFormat.STATE_NEEDS_CHECK, true));
  }

  private CheckReport clear() {
    return PoolCheck.run(pool.files(), CheckOptions.standard().clearingNeedsCheck(true));
  }

  @Test
  void markedPoolIsReported() {
    marked().assertHarmless("marked as needing a check");
    assertTrue(pool.check().needsCheck());
  }

  @Test
  void soundPoolLosesItsMarkAndCanBeWritten() {
    marked();
    RecordingPoolFiles stillMarked = pool.files().reopen();
    try (ThinPool open = ThinPool.open(stillMarked)) {
      assertThrows(ReadOnlyException.class, () -> open.createDevice("more", SamplePool.MIB));
    }
    long before = pool.superblock().sequence;
    CheckReport report = clear();
    assertTrue(report.needsCheckCleared());
    assertFalse(report.needsCheck());
    assertEquals(before + 1, pool.superblock().sequence);
    assertEquals(0, pool.check().nonFatalCount());
    try (ThinPool open = ThinPool.open(pool.files().reopen())) {
      SamplePool.write(open, "web", 0, 1);
      try (BlockDevice device = open.openDevice("web")) {
        assertEquals(8 * SamplePool.MIB, device.sizeBytes());
      }
    }
  }

  @Test
  void poolWithoutMarkIsNotWritten() {
    int before = pool.files().operationCount();
    assertFalse(clear().needsCheckCleared());
    assertEquals(before, pool.files().operationCount());
  }

  @Test
  void damagedPoolKeepsItsMark() {
    marked();
    pool.putCount(true, pool.root(DamagedPool.WEB) - pool.geometry().nodesStart(), 0);
    long before = pool.superblock().sequence;
    CheckReport report = clear();
    assertFalse(report.needsCheckCleared());
    assertTrue(report.needsCheck());
    assertEquals(before, pool.superblock().sequence);
  }

  @Test
  void crashWhileClearingLeavesThePoolMarkedOrNot() {
    marked();
    pool.files().forgetHistory();
    clear();
    CrashHistory history = pool.files().history();
    for (int point = 0; point <= history.length(); point++) {
      for (CrashState state : history.statesAt(point, point, 10)) {
        CheckReport report = PoolCheck.run(state.open(), CheckOptions.standard());
        assertTrue(report.isSound(), state + ": " + report.findings());
        assertTrue(report.needsCheck() || point > 0, state.toString());
      }
    }
    RecordingPoolFiles end = pool.files().reopenAsCrashed(CrashKind.NONE, 0);
    assertFalse(PoolCheck.run(end, CheckOptions.standard()).needsCheck());
  }
}
