// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoomMapTest {
  private static final long FAR = 1L << 33;

  private final RoomMap room = new RoomMap();

  @Test
  void knowsNothingAtFirst() {
    assertFalse(room.has(0));
    assertFalse(room.has(FAR));
    room.remove(FAR);
  }

  @Test
  void tellsTheSameAsASet() {
    long seed = 42;
    Random random = new Random(seed);
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      long block = random.nextInt(200_000);
      if (random.nextInt(3) == 0) {
        room.remove(block);
        expected.remove(block);
      } else {
        room.add(block);
        expected.add(block);
      }
    }
    for (long block = 0; block < 200_000; block++) {
      assertEquals(expected.contains(block), room.has(block), "seed=" + seed + " block=" + block);
    }
  }

  @Test
  void forgetsABlockAndAllBehind() {
    for (long block : new long[] {5, 63, 64, 65, 1 << 20, (1 << 20) + 1}) {
      room.add(block);
    }
    room.removeFrom(64);
    assertTrue(room.has(5));
    assertTrue(room.has(63));
    assertFalse(room.has(64));
    assertFalse(room.has(65));
    assertFalse(room.has(1 << 20));
    assertFalse(room.has((1 << 20) + 1));
  }

  @Test
  void losesNoBlockWhenManyThreadsAdd() throws InterruptedException {
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      int own = i;
      threads[i] =
          new Thread(
              () -> {
                for (long block = own; block < 300_000; block += threads.length) {
                  room.add(block);
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (long block = 0; block < 300_000; block++) {
      assertTrue(room.has(block), "block " + block);
    }
  }
}
