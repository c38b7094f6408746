// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static io.veneer.thinpool.pool.PoolFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolStatistics;
import io.veneer.thinpool.file.CrashKind;
import io.veneer.thinpool.file.WatchedPoolFiles.Call;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What requests copy, clear, allocate and read, and what they must not. */
class CostsTest {
  private final PoolFixture f = PoolFixture.ofBlocks(1 << 16);
  private PoolStatistics before;
  private long usedBefore;

  @AfterEach
  void close() {
    f.close();
  }

  private void givenASharedDevice(int blocks) {
    f.create("base", 1 << 16);
    f.fill("base", 0, blocks, 1);
    f.pool.createSnapshot("snap", "base");
    f.pool.commit();
    look();
  }

  private void look() {
    before = f.pool.statistics();
    usedBefore = f.usedBlocks();
  }

  private void assertCosts(long copiedBytes, long zeroedBytes, long elidedWrites, long blocks) {
    PoolStatistics now = f.pool.statistics();
    assertEquals(copiedBytes, now.copiedBytes() - before.copiedBytes(), "copied");
    assertEquals(zeroedBytes, now.zeroedBytes() - before.zeroedBytes(), "zeroed");
    assertEquals(elidedWrites, now.elidedWrites() - before.elidedWrites(), "elided");
    assertEquals(blocks, f.usedBlocks() - usedBefore, "blocks");
  }

  private void write(String name, long offset, byte[] bytes) {
    try (BlockDevice device = f.device(name)) {
      device.write(offset, ByteBuffer.wrap(bytes), false);
    }
  }

  @Test
  void aWholeBlockCopiesNothing() {
    givenASharedDevice(2);
    f.fill("snap", 0, 2, 2);
    f.fill("snap", 5, 1, 2);
    assertCosts(0, 0, 0, 3);
  }

  @Test
  void aPartOfASharedBlockCopiesTheRestAndOfAHoleClearsIt() {
    givenASharedDevice(1);
    write("snap", 100, new byte[] {1, 2, 3});
    write("snap", 7L * BLOCK + 100, new byte[] {1, 2, 3});
    assertCosts(BLOCK - 3, BLOCK - 3, 0, 2);
  }

  @Test
  void whatASharedBlockHoldsAlreadyIsNotWritten() {
    givenASharedDevice(3);
    f.fill("snap", 0, 3, 1);
    write("snap", 700, Arrays.copyOfRange(PoolFixture.content(1, 0), 700, 900));
    assertCosts(0, 0, 4, 0);
    f.pool.commit();
    assertEquals(before.commits(), f.pool.statistics().commits(), "nothing to commit");
  }

  @Test
  void zeroesInAHoleAreNotWritten() {
    givenASharedDevice(1);
    write("snap", 9L * BLOCK, new byte[3 * BLOCK]);
    write("snap", 20L * BLOCK + 5, new byte[50]);
    assertCosts(0, 0, 4, 0);
  }

  @Test
  void aBlockOfZeroesGivesASharedOneUp() {
    givenASharedDevice(1);
    write("snap", 0, new byte[BLOCK]);
    assertCosts(0, 0, 1, 0);
    assertEquals(0, f.pool.device("snap").mappedBytes());
    f.assertZeroes("snap", 0, 1);
    f.assertFilled("base", 0, 1, 1);
  }

  /** By their clocks alone the origin's blocks would be copied once more. */
  @Test
  void theLastSharerWritesInPlace() {
    givenASharedDevice(4);
    f.fill("snap", 0, 2, 2);
    f.pool.commit();
    f.pool.tend(); // until then somebody may be reading who came by the dropped reference
    look();
    write("base", 10, new byte[] {1});
    write("base", BLOCK + 10L, new byte[] {1});
    assertCosts(0, 0, 0, 0);
    f.pool.removeDevice("snap");
    f.pool.awaitRemovals();
    look();
    write("base", 2L * BLOCK + 10, new byte[] {1});
    assertCosts(0, 0, 0, 0);
  }

  @Test
  void aWriteThatStoresNothingIsDurableWithFuaAllTheSame() {
    f.create("base", 256);
    f.pool.commit();
    f.fill("base", 0, 1, 1);
    f.pool.createSnapshot("snap", "base");
    try (BlockDevice device = f.device("snap")) {
      device.write(0, ByteBuffer.wrap(PoolFixture.content(1, 0)), true);
    }
    assertEquals(1, f.pool.statistics().elidedWrites());
    f.crash(CrashKind.NONE);
    assertArrayEquals(PoolFixture.content(1, 0), f.read("snap", 0, 1));
  }

  @Test
  void blocksThatADeviceWritesInTurnWithAnotherLieInARow() {
    f.create("one", 1 << 12);
    f.create("other", 1 << 12);
    try (BlockDevice one = f.device("one");
        BlockDevice other = f.device("other")) {
      for (int i = 0; i < 64; i++) {
        f.fill("one", i, 1, 1);
        f.fill("other", i, 1, 2);
      }
      assertEquals(one.sizeBytes(), other.sizeBytes());
    }
    long calls = f.files.count(Call.DATA_WRITE);
    write("one", 0, new byte[64 * BLOCK]);
    write("other", 0, new byte[64 * BLOCK]);
    assertTrue(f.files.count(Call.DATA_WRITE) - calls <= 4, "one write for many blocks");
  }

  @Test
  void openingReadsTheSameOfALargePoolAsOfASmallOne() {
    f.create("small", 256);
    f.fill("small", 0, 1, 1);
    f.pool.commit();
    f.kill();
    final long ofSmall = f.files.count(Call.METADATA_READ);
    f.create("large", 1 << 22);
    for (long leaf = 0; leaf < 3000; leaf++) {
      f.fill("large", leaf * 504, 1, 1);
    }
    for (int i = 0; i < 700; i++) {
      f.pool.createSnapshot("snapshot" + i, "large");
    }
    f.pool.commit();
    f.kill();
    assertEquals(ofSmall, f.files.count(Call.METADATA_READ));
  }

  @Test
  void aSnapshotReadsNothingAndCommitsTheSameWhateverIsMapped() {
    f.create("small", 256);
    f.fill("small", 0, 1, 1);
    f.create("large", 1 << 22);
    for (long leaf = 0; leaf < 2000; leaf++) {
      f.fill("large", leaf * 504, 1, 1);
    }
    f.reopen();
    assertTrue(f.pool.device("large").mappedBytes() > 0, "names are read");
    f.pool.createSnapshot("first", "small");
    f.pool.commit();
    long ofSmall = committedBlocksOfASnapshot("small");
    long reads = f.files.count(Call.METADATA_READ);
    assertEquals(ofSmall, committedBlocksOfASnapshot("large"));
    assertTrue(f.files.count(Call.METADATA_READ) - reads <= 2, "no walk");
  }

  private long committedBlocksOfASnapshot(String origin) {
    final long blocks = f.pool.statistics().commitBlocks();
    f.pool.createSnapshot("snapshot of " + origin, origin);
    f.pool.commit();
    return f.pool.statistics().commitBlocks() - blocks;
  }
}
