// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random lives of pools, and crashes at any point of them. A failure prints the seed that repeats
 * it ({@code -Dveneer.seed=N}) and the steps that are left when all that do not matter are left
 * out.
 */
class CrashReplayTest {
  private static final int STEPS = 60;
  private static final int RANDOM_STATES = 2;
  private static final int STATES = 24_000;

  @Test
  void poolIsAsItsLastCommitLeftItAfterAnyCrash() {
    long seed = Long.getLong("veneer.seed", 1);
    int states = 0;
    for (; states < STATES; seed++) {
      states += tryOrShrink(seed);
    }
    System.out.println("crash states checked: " + states + ", last seed " + (seed - 1));
    assertTrue(states >= 20_000);
  }

  @Test
  @Tag("hunt")
  void huntsByTime() {
    long end = System.nanoTime() + Long.getLong("veneer.hunt.seconds", 60) * 1_000_000_000L;
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    long states = 0;
    for (; System.nanoTime() < end; seed++) {
      states += tryOrShrink(seed);
    }
    System.out.println("crash states checked: " + states + ", last seed " + (seed - 1));
  }

  private static int tryOrShrink(long seed) {
    try {
      return tryRun(seed, STEPS, new BitSet());
    } catch (RuntimeException | AssertionError e) {
      BitSet kept = Shrinking.stepsThatMatter(STEPS, leftOut -> fails(seed, leftOut));
      throw new AssertionError(
          "repeat with -Dveneer.seed=" + seed + "; steps that matter: " + kept, e);
    }
  }

  private static int tryRun(long seed, int steps, BitSet leftOut) {
    RandomRun run = new RandomRun(seed);
    run.run(steps, leftOut::get);
    return new CrashReplay(run).check(RANDOM_STATES);
  }

  private static boolean fails(long seed, BitSet leftOut) {
    try {
      tryRun(seed, STEPS, leftOut);
      return false;
    } catch (RuntimeException | AssertionError e) {
      return true;
    }
  }
}
