// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.file.RecordingPoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.Superblock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever is on disk: a check ends, throws nothing, and sees every bit that changed. */
class GarbageTest {
  private static final int BLOCK = BlockHeaderFormat.BLOCK_BYTES;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final DamagedPool pool = new DamagedPool();

  private void printSeed() {
    System.out.println("repeat with -Dseed=" + seed + " -Dtest=GarbageTest");
  }

  /** The blocks that a check of the undamaged pool reads. */
  private List<Long> blocksInUse() {
    ReadWatch watch = new ReadWatch(pool.files());
    CheckReport report = PoolCheck.run(watch, CheckOptions.standard());
    assertEquals(List.of(), report.findings());
    return List.copyOf(new TreeSet<>(watch.blocksRead()));
  }

  @Test
  void readsEveryBlockInUse() {
    Superblock superblock = pool.superblock();
    long start = superblock.geometry().nodesStart();
    List<Long> blocks = blocksInUse();
    long nodes = blocks.stream().filter(block -> block >= start).count();
    assertEquals(superblock.usedNodeBlocks, nodes);
    assertTrue(blocks.containsAll(List.of(0L, 1L, pool.index(false), pool.index(true))));
    assertTrue(blocks.containsAll(List.of(pool.counts(false), pool.counts(true))));
  }

  @Test
  void findsEveryFlippedBit() {
    printSeed();
    for (long block : blocksInUse()) {
      for (int i = 0; i < 40; i++) {
        int bit = random.nextInt(BLOCK * Byte.SIZE);
        flip(block, bit);
        CheckReport report = pool.check();
        boolean found = report.findings().stream().anyMatch(f -> f.block() == block);
        String message = "seed=" + seed + " block=" + block + " bit=" + bit;
        assertTrue(found, message);
        assertEquals(block < 2, report.isSound(), message);
        flip(block, bit);
      }
    }
    assertEquals(List.of(), pool.check().findings());
  }

  private void flip(long block, int bit) {
    pool.files().flipMetadataBit(block * BLOCK + bit / Byte.SIZE, bit % Byte.SIZE);
  }

  @Test
  void endsWhateverStandsUnderRightChecksums() {
    printSeed();
    List<Long> blocks = blocksInUse();
    assertTimeoutPreemptively(
        LONG,
        () -> {
          for (int round = 0; round < Integer.getInteger("rounds", 4000); round++) {
            damageAndCheck(blocks);
          }
        });
  }

  /** Some changes mean another pool that is as right as the first, so nothing need be found. */
  private void damageAndCheck(List<Long> blocks) {
    ByteBuffer[] before = new ByteBuffer[1 + random.nextInt(3)];
    long[] places = new long[before.length];
    for (int i = 0; i < before.length; i++) {
      places[i] = blocks.get(random.nextInt(blocks.size()));
      before[i] = pool.image(places[i]);
      pool.change(places[i], image -> scribble(image, blocks));
    }
    pool.check();
    for (int i = before.length - 1; i >= 0; i--) {
      ByteBuffer image = before[i];
      pool.change(places[i], target -> target.put(0, image, 0, BLOCK));
    }
  }

  private void scribble(ByteBuffer image, List<Long> blocks) {
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      switch (random.nextInt(5)) {
        case 0 -> image.put(anywhere(Byte.BYTES), (byte) random.nextInt());
        case 1 -> image.putLong(anywhere(Long.BYTES), random.nextLong());
        case 2 -> image.putLong(anywhere(Long.BYTES), blocks.get(random.nextInt(blocks.size())));
        case 3 -> image.putLong(anywhere(Long.BYTES), random.nextInt(5) - 2);
        default -> image.putInt(anywhere(Integer.BYTES), random.nextInt());
      }
    }
  }

  /** An aligned place behind the place of the checksum; half of the time in the first fields. */
  private int anywhere(int bytes) {
    int end = random.nextBoolean() ? BLOCK : 280;
    return Math.max(bytes, Integer.BYTES) + random.nextInt((end - 8) / bytes) * bytes;
  }

  @Test
  void endsWhenTheHostCannotRead() {
    for (long block : blocksInUse()) {
      ReadWatch watch = new ReadWatch(pool.files());
      watch.fail(block);
      CheckReport report = PoolCheck.run(watch, CheckOptions.standard());
      assertTrue(report.fatalCount() + report.nonFatalCount() > 0, "block=" + block);
      assertTrue(
          report.findings().stream().anyMatch(f -> f.message().contains("cannot read")),
          report.findings().toString());
    }
  }

  @Test
  void keepsNoMoreFindingsThanAskedFor() {
    pool.changeSuperblock(s -> java.util.Arrays.fill(s.dataIndexSlots, (byte) 0));
    CheckOptions few = new CheckOptions(false, 5, (done, total) -> {});
    CheckReport report = PoolCheck.run(pool.files(), few);
    assertEquals(5, report.findings().size());
    assertTrue(report.fatalCount() > 80);
  }

  @Test
  void endsForFilesOfNoise() {
    printSeed();
    RecordingPoolFiles files = RecordingPoolFiles.create();
    files.metadata().reserve(0, 64);
    byte[] noise = new byte[64 * BLOCK];
    random.nextBytes(noise);
    files.metadata().write(0, ByteBuffer.wrap(noise));
    assertEquals(2, PoolCheck.run(files, CheckOptions.standard()).fatalCount());
  }
}
