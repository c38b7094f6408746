// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static io.veneer.thinpool.file.MetadataFile.BLOCK_BYTES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.ReadOnlyException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the double may lose in a crash and what it may not, and how it fails. */
class RecordingPoolFilesTest {
  private static final int BLOCK = 4096;
  private static final int SECTOR = 512;

  private final RecordingPoolFiles files = RecordingPoolFiles.create();
  private final MetadataFile metadata = files.metadata();
  private final DataFile data = files.data(BLOCK);

  @Test
  void forcedWritesSurviveEveryCrash() {
    fillData(0, 1);
    fillMetadata(3, 2);
    data.force();
    metadata.force();
    for (CrashState state : files.history().statesAt(files.operationCount(), 1, 50)) {
      assertEquals(Set.of((byte) 1), dataValues(state, 0), state::toString);
      assertEquals(Set.of((byte) 2), metadataValues(state, 3), state::toString);
    }
  }

  @Test
  void forcingOneFileDoesNotForceTheOther() {
    fillData(0, 1);
    fillMetadata(0, 2);
    metadata.force();
    CrashState nothing = now(CrashKind.NONE, 0);
    assertEquals(Set.of((byte) 0), dataValues(nothing, 0));
    assertEquals(Set.of((byte) 2), metadataValues(nothing, 0));
  }

  @Test
  void unforcedWritesAreLostKeptOrTornBetweenSectors() {
    fillData(0, 1);
    data.force();
    fillData(0, 2);
    Set<Integer> changedSectors = new TreeSet<>();
    for (int seed = 0; seed < 300; seed++) {
      changedSectors.add(sectorsOf(now(CrashKind.RANDOM, seed), 0, (byte) 1, (byte) 2));
    }
    assertTrue(changedSectors.contains(0), "lost");
    assertTrue(changedSectors.contains(BLOCK / SECTOR), "kept");
    assertTrue(changedSectors.size() > 4, "torn: " + changedSectors);
  }

  @Test
  void unforcedWritesReachTheDiskInAnyOrder() {
    fillData(0, 1);
    fillData(0, 2);
    Set<Byte> seen = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      seen.addAll(dataValues(now(CrashKind.RANDOM, seed), 0));
    }
    assertEquals(Set.of((byte) 0, (byte) 1, (byte) 2), seen);
  }

  @Test
  void aSmallWriteGoesWithItsWholeSector() {
    data.writeNew(0, ByteBuffer.allocate(BLOCK));
    data.force();
    data.write(0, ByteBuffer.wrap(new byte[] {1}));
    data.write(10, ByteBuffer.wrap(new byte[] {2}));
    for (int seed = 0; seed < 100; seed++) {
      byte[] sector = readData(now(CrashKind.RANDOM, seed).open(), 0, SECTOR);
      assertTrue(
          sector[10] == 0 || sector[0] == 1, "second write without the first, in one sector");
    }
  }

  @Test
  void specialCrashesKeepWhatTheirNamesSay() {
    for (int block = 0; block < 5; block++) {
      fillData(block, 7);
    }
    assertEquals(0, keptBlocks(CrashKind.NONE, 1));
    assertEquals(5, keptBlocks(CrashKind.ALL, 1));
    assertEquals(5, keptBlocks(CrashKind.KILL, 1));
    assertEquals(4, keptBlocks(CrashKind.ALL_BUT_ONE, 1));
    for (int seed = 0; seed < 20; seed++) {
      RecordingPoolFiles crashed = now(CrashKind.PREFIX, seed).open();
      int kept = keptBlocks(CrashKind.PREFIX, seed);
      for (int block = 0; block < 5; block++) {
        assertEquals(block < kept ? 7 : 0, readData(crashed, block * BLOCK, 1)[0]);
      }
    }
  }

  @Test
  void aRangeForceKeepsTheRangeAndMayLoseTheRest() {
    fillData(0, 1);
    fillData(1, 1);
    fillData(2, 1);
    data.force(BLOCK, BLOCK);
    CrashState nothing = now(CrashKind.NONE, 0);
    assertEquals(Set.of((byte) 0), dataValues(nothing, 0));
    assertEquals(Set.of((byte) 1), dataValues(nothing, 1));
    assertEquals(Set.of((byte) 0), dataValues(nothing, 2));
  }

  @Test
  void aPunchIsUnforcedToo() {
    fillData(0, 1);
    data.force();
    data.punch(0, BLOCK);
    assertEquals(Set.of((byte) 1), dataValues(now(CrashKind.NONE, 0), 0));
    assertEquals(Set.of((byte) 0), dataValues(now(CrashKind.ALL, 0), 0));
    data.force();
    assertEquals(Set.of((byte) 0), dataValues(now(CrashKind.NONE, 0), 0));
  }

  @Test
  void aReservationIsUnforcedToo() {
    metadata.reserve(0, 2);
    MetadataFile lost = now(CrashKind.NONE, 0).open().metadata();
    assertEquals(0, lost.lengthBlocks());
    assertThrows(
        IllegalStateException.class, () -> lost.write(0, ByteBuffer.allocate(BLOCK_BYTES)));
  }

  @Test
  void everyPointOfTheHistoryCanBeCrashedAt() {
    for (int value = 1; value <= 10; value++) {
      fillData(0, value);
      data.force();
      files.note(value);
    }
    CrashHistory history = files.history();
    for (int point = history.length(); point >= 0; point--) {
      List<Object> notes = history.notesUntil(point);
      int acknowledged = notes.isEmpty() ? 0 : (int) notes.get(notes.size() - 1);
      for (CrashState state : history.statesAt(point, 5, 5)) {
        for (byte value : dataValues(state, 0)) {
          assertTrue(value == acknowledged || value == acknowledged + 1, state + " value " + value);
        }
      }
    }
  }

  @Test
  void aHistoryDoesNotChangeWhenWritingGoesOn() {
    fillData(0, 1);
    CrashHistory history = files.history();
    fillData(0, 2);
    data.force();
    assertEquals(1, history.length());
    CrashState all = new CrashState(history, 1, CrashKind.ALL, 0);
    assertEquals(Set.of((byte) 1), dataValues(all, 0));
  }

  @Test
  void crashedFilesDoNotShareChanges() {
    fillData(0, 1);
    data.force();
    RecordingPoolFiles one = files.reopenAsCrashed(CrashKind.NONE, 0);
    RecordingPoolFiles other = files.reopenAsCrashed(CrashKind.NONE, 0);
    one.data(BLOCK).write(0, ByteBuffer.wrap(new byte[] {9}));
    assertEquals(1, readData(other, 0, 1)[0]);
    assertEquals(1, readData(files, 0, 1)[0]);
    RecordingPoolFiles again = one.reopenAsCrashed(CrashKind.NONE, 0);
    assertEquals(1, readData(again, 0, 1)[0], "crashed files crash again");
  }

  @Test
  void aForceThatFailedIsNotMadeGoodByTheNext() {
    fillData(0, 1);
    files.failOnce(0, HostFault.IO_ERROR);
    assertThrows(PoolIoException.class, data::force);
    fillData(1, 1);
    data.force();
    assertEquals(Set.of((byte) 0), dataValues(now(CrashKind.NONE, 0), 0));
    assertEquals(Set.of((byte) 1), dataValues(now(CrashKind.NONE, 0), 1));
    fillData(0, 2);
    data.force();
    for (int seed = 0; seed < 20; seed++) {
      assertEquals(Set.of((byte) 2), dataValues(now(CrashKind.RANDOM, seed), 0));
    }
  }

  @Test
  void failsTheOperationThatWasAskedFor() {
    files.failOnce(2, HostFault.IO_ERROR);
    fillData(0, 1);
    data.force();
    assertFalse(files.faultRaised());
    ByteBuffer source = ByteBuffer.allocate(BLOCK);
    assertThrows(PoolIoException.class, () -> data.writeNew(0, source));
    assertTrue(files.faultRaised());
    assertEquals(BLOCK, source.remaining(), "not consumed");
    fillData(0, 3);
    assertEquals(3, readData(files, 0, 1)[0]);
  }

  @Test
  void noSpaceHappensOnlyToWhatTakesRoom() {
    files.failFrom(0, HostFault.NO_SPACE);
    data.force();
    data.punch(0, BLOCK);
    assertFalse(files.faultRaised());
    assertThrows(HostSpaceException.class, () -> metadata.reserve(0, 1));
    assertThrows(HostSpaceException.class, () -> fillData(0, 1));
    assertThrows(HostSpaceException.class, () -> data.zeroPatched(0, 0, ByteBuffer.allocate(1)));
    files.heal();
    fillData(0, 1);
  }

  @Test
  void aShortWriteLeavesItsBegin() {
    fillData(0, 1);
    files.failOnce(0, HostFault.SHORT_WRITE);
    assertThrows(PoolIoException.class, () -> fillData(0, 2));
    byte[] block = readData(files, 0, BLOCK);
    assertEquals(2, block[0]);
    assertEquals(1, block[BLOCK - 1]);
  }

  @Test
  void fillsUpAndGetsRoomByPunching() {
    files.limitHostBytes(4 * BLOCK);
    for (int block = 0; block < 4; block++) {
      fillData(block, 1);
    }
    assertThrows(HostSpaceException.class, () -> fillData(4, 1));
    assertThrows(HostSpaceException.class, () -> metadata.reserve(0, 1));
    fillData(2, 5);
    data.punch(0, BLOCK);
    metadata.reserve(0, 1);
    assertEquals(4 * BLOCK, files.hostBytes());
  }

  @Test
  void flipsOneBit() {
    fillMetadata(1, 0);
    metadata.force();
    files.flipMetadataBit(BLOCK_BYTES + 9, 3);
    assertEquals(8, read(files.metadata(), 1)[9]);
    fillData(1, 1);
    files.flipDataBit(BLOCK, 0);
    assertEquals(0, readData(files, BLOCK, 1)[0]);
    assertEquals(1, readData(files, BLOCK + 1, 1)[0]);
  }

  @Test
  void refusesWritesWhenOpenForReading() {
    fillData(0, 1);
    RecordingPoolFiles reader = files.reopenReadOnly();
    assertTrue(reader.readOnly());
    assertEquals(1, readData(reader, 0, 1)[0]);
    assertThrows(ReadOnlyException.class, () -> reader.data(BLOCK).zero(0, 1));
    assertThrows(ReadOnlyException.class, () -> reader.metadata().reserve(0, 1));
  }

  @Test
  void refusesAllAfterClose() {
    files.close();
    assertThrows(IllegalStateException.class, () -> readData(files, 0, 1));
    assertThrows(IllegalStateException.class, data::force);
    assertEquals(0, readData(files.reopen(), 0, 1)[0]);
  }

  private CrashState now(CrashKind kind, long seed) {
    return new CrashState(files.history(), files.operationCount(), kind, seed);
  }

  private int keptBlocks(CrashKind kind, long seed) {
    int kept = 0;
    for (int block = 0; block < 5; block++) {
      kept += dataValues(now(kind, seed), block).equals(Set.of((byte) 7)) ? 1 : 0;
    }
    return kept;
  }

  private void fillData(int block, int value) {
    byte[] bytes = new byte[BLOCK];
    Arrays.fill(bytes, (byte) value);
    data.writeNew((long) block * BLOCK, ByteBuffer.wrap(bytes));
  }

  private void fillMetadata(int block, int value) {
    byte[] bytes = new byte[BLOCK_BYTES];
    Arrays.fill(bytes, (byte) value);
    metadata.reserve(block, 1);
    metadata.write(block, ByteBuffer.wrap(bytes));
    assertArrayEquals(bytes, read(metadata, block));
  }

  private static Set<Byte> dataValues(CrashState state, int block) {
    return valuesOf(readData(state.open(), (long) block * BLOCK, BLOCK));
  }

  private static Set<Byte> metadataValues(CrashState state, int block) {
    return valuesOf(read(state.open().metadata(), block));
  }

  private static Set<Byte> valuesOf(byte[] bytes) {
    Set<Byte> values = new HashSet<>();
    for (byte each : bytes) {
      values.add(each);
    }
    return values;
  }

  /** Counts the sectors of a block that are new, and fails if one is neither old nor new. */
  private static int sectorsOf(CrashState state, int block, byte old, byte changed) {
    byte[] bytes = readData(state.open(), (long) block * BLOCK, BLOCK);
    int count = 0;
    for (int start = 0; start < BLOCK; start += SECTOR) {
      Set<Byte> values = valuesOf(Arrays.copyOfRange(bytes, start, start + SECTOR));
      assertTrue(values.equals(Set.of(old)) || values.equals(Set.of(changed)), state::toString);
      count += values.contains(changed) ? 1 : 0;
    }
    return count;
  }

  private static byte[] readData(RecordingPoolFiles from, long offset, int length) {
    byte[] bytes = new byte[length];
    from.data(BLOCK).read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static byte[] read(MetadataFile from, long block) {
    byte[] bytes = new byte[BLOCK_BYTES];
    from.read(block, ByteBuffer.wrap(bytes));
    return bytes;
  }
}
