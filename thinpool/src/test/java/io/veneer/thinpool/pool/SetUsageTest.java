// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.thinpool.DeviceSetUsage;
import io.veneer.thinpool.NoSuchDeviceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sets of devices hold, against a model that knows which content every block has. */
class SetUsageTest {
  private static final int BLOCK = PoolFixture.BLOCK;

  /** More virtual blocks than a leaf has entries, so that trees share nodes. */
  private static final int VIRTUAL_BLOCKS = 1500;

  private static DeviceSetUsage blocks(long mapped, long exclusive) {
    return new DeviceSetUsage(mapped * BLOCK, exclusive * BLOCK);
  }

  @Test
  void countsSharedBlocksOnceAndWhatRemovalGivesBack() {
    try (PoolFixture fixture = PoolFixture.ofBlocks(4000)) {
      fixture.create("base", VIRTUAL_BLOCKS);
      fixture.fill("base", 0, 1000, 1);
      fixture.pool.createSnapshot("a", "base");
      fixture.pool.createSnapshot("b", "base");
      fixture.fill("a", 0, 10, 2);
      fixture.fill("b", 600, 20, 3);
      assertEquals(blocks(0, 0), fixture.pool.usage(Set.of()));
      assertEquals(blocks(1000, 0), fixture.pool.usage(Set.of("base")));
      assertEquals(blocks(1000, 10), fixture.pool.usage(Set.of("a")));
      assertEquals(blocks(1030, 30), fixture.pool.usage(Set.of("a", "b")));
      assertEquals(blocks(1010, 30), fixture.pool.usage(Set.of("a", "base")));
      assertEquals(blocks(1030, 1030), fixture.pool.usage(Set.of("a", "b", "base")));
      assertThrows(NoSuchDeviceException.class, () -> fixture.pool.usage(Set.of("a", "none")));
    }
  }

  @Test
  void snapshotsThatNobodyWroteToShareEverything() {
    try (PoolFixture fixture = PoolFixture.ofBlocks(2000)) {
      fixture.create("base", VIRTUAL_BLOCKS);
      fixture.fill("base", 0, 700, 1);
      Set<String> all = new HashSet<>(Set.of("base"));
      for (int i = 0; i < 5; i++) {
        fixture.pool.createSnapshot("s" + i, "base");
        all.add("s" + i);
      }
      assertEquals(blocks(700, 700), fixture.pool.usage(all));
      all.remove("s3");
      assertEquals(blocks(700, 0), fixture.pool.usage(all));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAModelAndWithRemoval(long seed) {
    Random random = new Random(seed);
    try (PoolFixture fixture = PoolFixture.ofBlocks(20_000)) {
      Map<String, Map<Integer, Integer>> model = randomDevices(fixture, random);
      for (int i = 0; i < 20; i++) {
        Set<String> set = new HashSet<>();
        model.keySet().stream().filter(name -> random.nextInt(3) > 0).forEach(set::add);
        assertEquals(expected(model, set), fixture.pool.usage(set), "seed=" + seed + " " + set);
      }
      Set<String> removed = new HashSet<>();
      model.keySet().stream().filter(name -> random.nextBoolean()).forEach(removed::add);
      long expected = fixture.pool.usage(removed).exclusiveBytes();
      fixture.pool.commit();
      long before = fixture.pool.status().usedDataBytes();
      removed.forEach(fixture.pool::removeDevice);
      fixture.pool.awaitRemovals();
      fixture.pool.commit();
      long after = fixture.pool.status().usedDataBytes();
      assertEquals(expected, before - after, "seed=" + seed + " removed=" + removed);
    }
  }

  /** Devices and what each virtual block of theirs was written by: the number of the write. */
  private static Map<String, Map<Integer, Integer>> randomDevices(
      PoolFixture fixture, Random random) {
    Map<String, Map<Integer, Integer>> model = new TreeMap<>();
    fixture.create("d0", VIRTUAL_BLOCKS);
    model.put("d0", new HashMap<>());
    int writes = 0;
    for (int step = 0; step < 60; step++) {
      List<String> names = new ArrayList<>(model.keySet());
      String name = names.get(random.nextInt(names.size()));
      if (random.nextInt(4) == 0) {
        String snapshot = "d" + model.size();
        fixture.pool.createSnapshot(snapshot, name);
        model.put(snapshot, new HashMap<>(model.get(name)));
      } else {
        int begin = random.nextInt(VIRTUAL_BLOCKS - 40);
        int count = 1 + random.nextInt(40);
        writes++;
        fixture.fill(name, begin, count, writes);
        for (int i = begin; i < begin + count; i++) {
          // A private block is written in place and stays the same block.
          model.get(name).put(i, writes);
        }
      }
    }
    return model;
  }

  private static DeviceSetUsage expected(
      Map<String, Map<Integer, Integer>> model, Set<String> set) {
    Set<List<Integer>> inside = new HashSet<>();
    Set<List<Integer>> outside = new HashSet<>();
    model.forEach(
        (name, blocks) ->
            blocks.forEach(
                (block, write) ->
                    (set.contains(name) ? inside : outside).add(List.of(block, write))));
    long mapped = inside.size();
    inside.removeAll(outside);
    return blocks(mapped, inside.size());
  }
}
