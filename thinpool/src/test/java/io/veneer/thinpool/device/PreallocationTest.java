// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import static io.veneer.thinpool.transaction.TransactionFixture.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.file.HostFault;
import io.veneer.thinpool.file.WatchedPoolFiles;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.space.DiscardPassdown;
import io.veneer.thinpool.space.SpaceFixture;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.ThreadWatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which blocks devices are given, and what room the host keeps for more. */
class PreallocationTest {
  private static final int BLOCKS = 1 << 16;
  private static final int ROW = 16;
  private static final int RUN = Preallocation.RUN_BYTES / BLOCK;

  private SpaceFixture pool = new SpaceFixture(BLOCKS, 4096);
  private Preallocations all = preallocations();
  private final Preallocation one = device();
  private final Preallocation other = device();

  private Preallocations preallocations() {
    return new Preallocations(pool.transactions, new DiscardPassdown(pool.transactions, "test"));
  }

  private Preallocation device() {
    return new Preallocation(pool.transactions, pool.data, all);
  }

  private void poolOf(long blocks) {
    pool = new SpaceFixture(blocks, 4096);
    all = preallocations();
  }

  /** As a write does it: a block, its room, its reference. */
  private long fill(Preallocation device) {
    long[] block = {SpaceMap.NONE};
    pool.locked(() -> block[0] = device.take());
    device.takeRoom();
    if (block[0] != SpaceMap.NONE) {
      pool.locked(() -> pool.data.use(block[0]));
    }
    return block[0];
  }

  private List<Long> fill(Preallocation device, int blocks) {
    List<Long> filled = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      filled.add(fill(device));
    }
    return filled;
  }

  private long roomBlocks() {
    return pool.files.data(BLOCK).hostBytes() / BLOCK;
  }

  private long available() {
    long[] blocks = {0};
    pool.locked(() -> blocks[0] = pool.data.availableBlocks());
    return blocks[0];
  }

  @Test
  void aFewBlocksAreGivenOneByOneWithoutRoomAhead() {
    assertEquals(ROW - 1, fill(one, ROW).get(ROW - 1));
    assertEquals(0, roomBlocks());
    one.release(false);
    assertEquals(BLOCKS - ROW, available());
  }

  @Test
  void behindARowOfThemRoomIsTakenForARun() {
    List<Long> filled = fill(one, ROW + RUN);
    assertEquals(ROW + RUN - 1, filled.get(ROW + RUN - 1), "all in a row");
    assertEquals(RUN, roomBlocks(), "once");
    assertEquals(BLOCKS - ROW - RUN, available());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 64, 128, 256, 1024})
  void devicesThatAreFilledInTurnsLieApart(int blockKib) {
    pool.superblock.blockSizeBytes = blockKib << 10;
    Preallocation[] devices = {device(), device()};
    long[] last = {SpaceMap.NONE, SpaceMap.NONE};
    int[] rows = {0, 0};
    Set<Long> blocks = new HashSet<>();
    for (int i = 0; i < 2 * (64 << 10) / blockKib; i++) {
      int turn = i % 2;
      long[] block = {SpaceMap.NONE};
      pool.locked(() -> block[0] = devices[turn].take());
      assertTrue(blocks.add(block[0]), "given twice: " + block[0]);
      rows[turn] += block[0] == last[turn] + 1 ? 0 : 1;
      last[turn] = block[0];
    }
    assertTrue(rows[0] + rows[1] <= 48, "rows of 64 MiB: " + rows[0] + " and " + rows[1]);
  }

  @Test
  void whatIsLeftGoesBackWithItsRoom() {
    fill(one, ROW + 10);
    assertEquals(RUN, roomBlocks());
    one.release(false);
    assertEquals(10, roomBlocks());
    assertEquals(BLOCKS - ROW - 10, available());
    pool.locked(() -> assertEquals(ROW + 10, pool.data.allocate(SpaceMap.NONE), "found again"));
  }

  @Test
  void goesOnAfterItsRunWentBack() {
    fill(one, ROW + 10);
    all.release(false);
    assertEquals(ROW + 10L, fill(one));
    assertEquals(RUN + 10, roomBlocks(), "a new run");
  }

  @Test
  void aRunInUseStaysAndOneThatRestsGoesBack() {
    fill(one, ROW + 1);
    all.release(true);
    assertEquals(RUN, roomBlocks());
    fill(one, 1);
    all.release(true);
    assertEquals(RUN, roomBlocks());
    all.release(true);
    assertEquals(2, roomBlocks());
  }

  @Test
  void roomIsNotTakenForARunThatWentBack() {
    fill(one, ROW);
    pool.locked(one::take);
    one.release(false);
    one.takeRoom();
    assertEquals(0, roomBlocks());
  }

  @Test
  void withoutPassdownTheHostKeepsTheRoom() {
    pool.superblock.set(SuperblockFormat.STATE_NO_PASSDOWN, true);
    fill(one, ROW + 10);
    one.release(false);
    assertEquals(RUN, roomBlocks());
  }

  @ParameterizedTest
  @ValueSource(longs = {63, 64 + ROW, 200, 5000})
  void everyBlockOfAPoolIsGivenOnce(long blocks) {
    poolOf(blocks);
    List<Preallocation> devices = List.of(device(), device(), device());
    Set<Long> given = new HashSet<>();
    Random random = new Random(blocks);
    while (given.size() < blocks) {
      long block = fill(devices.get(random.nextInt(3)));
      if (block == SpaceMap.NONE) {
        assertTrue(available() > 0, "accounts: " + available());
        all.release(false); // as a write that finds none does
      } else {
        assertTrue(given.add(block), "given twice: " + block);
      }
    }
    assertEquals(0, available());
    assertEquals(SpaceMap.NONE, fill(devices.get(0)));
  }

  @Test
  void whoFindsNothingIsGivenWhatIsSetAsideForOthers() {
    poolOf(4096);
    List<Preallocation> devices = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      devices.add(device());
      fill(devices.get(i), ROW + 1);
    }
    long left = available();
    Set<Long> given = new HashSet<>();
    Preallocation late = device();
    for (long i = 0; i < left; i++) {
      assertTrue(given.add(fill(late)), "given twice");
    }
    assertTrue(!given.contains(SpaceMap.NONE), "all of " + left + " were there");
    assertEquals(0, available());
    assertEquals(SpaceMap.NONE, fill(late));
    all.release(false);
    assertEquals(0, available());
  }

  @Test
  void theRoomThatSomebodyElseFillsIsNotGivenBack() {
    fill(one, ROW + 10);
    long[] stolen = {0};
    pool.locked(() -> stolen[0] = all.takeFromAny());
    assertEquals(ROW + RUN - 1, stolen[0], "the last of the run");
    one.release(false);
    assertEquals(11, roomBlocks());
  }

  @Test
  void blocksAreFoundAgainOnlyAfterTheirRoomWentBack() {
    fill(one, ROW + 10);
    long[] found = {0};
    pool.files.before(
        call -> {
          if (call == WatchedPoolFiles.Call.DATA_PUNCH) {
            pool.locked(() -> found[0] = pool.data.allocate(ROW + 10));
          }
        });
    one.release(false);
    assertTrue(found[0] >= ROW + RUN, "being punched: " + found[0]);
  }

  @Test
  void roomIsNotGivenBackWhileItIsTaken() throws Exception {
    fill(one, ROW);
    CompletableFuture<Void> released = new CompletableFuture<>();
    Thread releasing =
        new Thread(
            () -> {
              one.release(false);
              released.complete(null);
            });
    pool.files.before(
        call -> {
          if (call == WatchedPoolFiles.Call.DATA_RESERVE) {
            releasing.start();
            ThreadWatch.awaitPause(releasing);
          }
        });
    fill(one, 1);
    released.get(20, TimeUnit.SECONDS);
    assertEquals(1, roomBlocks(), "of the block that was handed out");
  }

  @Test
  void whatIsKeptForGuaranteesIsNotSetAside() {
    pool.superblock.reservedBlocks = BLOCKS - ROW - 40;
    fill(one, ROW + 5);
    assertEquals(0, roomBlocks());
  }

  @ParameterizedTest
  @ValueSource(strings = {"IO_ERROR", "NO_SPACE"})
  void goesOnWithoutRoomAheadWhereTheHostHasNone(String fault) {
    fill(one, ROW);
    pool.memory.failOnce(0, HostFault.valueOf(fault));
    List<Long> filled = fill(one, RUN + 1);
    assertTrue(pool.memory.faultRaised());
    assertEquals(ROW + RUN, filled.get(RUN));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void manyThreadsAtOnce(long seed) throws Exception {
    poolOf(20_000);
    List<Preallocation> devices = List.of(device(), device(), device());
    ExecutorService threads = Executors.newFixedThreadPool(5);
    List<Future<List<Long>>> running = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(seed * 10 + i);
      running.add(threads.submit(takeSome(devices, random)));
    }
    while (!running.stream().allMatch(Future::isDone)) {
      all.release(false);
    }
    threads.shutdown();
    Set<Long> given = new HashSet<>();
    for (Future<List<Long>> each : running) {
      each.get().forEach(block -> assertTrue(given.add(block), "given twice: " + block));
    }
    all.release(false);
    assertEquals(20_000 - given.size(), available());
    pool.locked(() -> assertEquals(given.size(), pool.superblock.usedDataBlocks));
  }

  private Callable<List<Long>> takeSome(List<Preallocation> devices, Random random) {
    return () -> {
      List<Long> taken = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        int row = 1 + random.nextInt(40);
        Preallocation device = devices.get(random.nextInt(devices.size()));
        for (int j = 0; j < row && i < 4000; j++, i++) {
          long block = fill(device);
          if (block != SpaceMap.NONE) {
            taken.add(block);
          }
        }
      }
      return taken;
    };
  }
}
