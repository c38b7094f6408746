// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pool is at every moment what a plain model says, whatever is done to it in whatever order. A
 * failure prints the seed that repeats it ({@code -Dveneer.seed=N}) and what the steps do that are
 * left when all are left out that do not matter.
 */
class ModelRunTest {
  private static final int STEPS = 150;
  private static final int LIVES = 80;

  @TempDir Path folder;
  private ModelOrigin origin;

  @BeforeEach
  void writeOrigin() throws IOException {
    origin = new ModelOrigin(folder.resolve("origin"));
  }

  @Test
  void poolIsWhatTheModelSays() {
    long first = Long.getLong("veneer.seed", 1);
    for (long seed = first; seed < first + LIVES; seed++) {
      liveOrShrink(seed);
    }
    System.out.println("lives beside the model: " + LIVES + " from seed " + first);
  }

  @Test
  @Tag("hunt")
  void huntsByTime() {
    long end = System.nanoTime() + Long.getLong("veneer.hunt.seconds", 60) * 1_000_000_000L;
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("lives beside the model, first seed " + seed);
    for (; System.nanoTime() < end; seed++) {
      liveOrShrink(seed);
    }
    System.out.println("lives beside the model, last seed " + (seed - 1));
  }

  @Test
  void crashMayNotTakeWhatWasFlushed() {
    PoolModel model = new PoolModel();
    ModelContent content = ModelContent.of(new long[0]);
    content.write(0, ModelContent.SECTOR_WORDS, 1);
    model.flushed(content, 0, ModelContent.SECTOR_WORDS);
    content.write(ModelContent.SECTOR_WORDS, 2 * ModelContent.SECTOR_WORDS, 2);
    ByteBuffer lost = ByteBuffer.allocate(2 * ModelContent.SECTOR_WORDS * Long.BYTES);
    assertEquals(0, content.firstIllegal(lost));
    for (int word = 0; word < ModelContent.SECTOR_WORDS; word++) {
      lost.putLong(ModelContent.stamp(1, word));
    }
    assertEquals(-1, content.firstIllegal(lost.clear()));
  }

  @Test
  void shrinkingKeepsTheStepsThatMatter() {
    BitSet kept =
        Shrinking.stepsThatMatter(STEPS, leftOut -> !leftOut.get(17) && !leftOut.get(113));
    assertEquals("{17, 113}", kept.toString());
  }

  @Test
  void modelNoticesAByteThatDiffers() {
    ModelContent content = ModelContent.of(new long[0]);
    content.write(3, 5, 7);
    ModelContent other = ModelContent.of(new long[0]);
    assertTrue(content.isZero(0, 3));
    assertFalse(content.isSame(0, 8, other));
    ByteBuffer read = ByteBuffer.allocate(64);
    assertThrows(IllegalStateException.class, () -> content.requireNow(0, read));
  }

  private void liveOrShrink(long seed) {
    try {
      live(seed, new BitSet());
    } catch (RuntimeException | AssertionError e) {
      BitSet kept = Shrinking.stepsThatMatter(STEPS, leftOut -> fails(seed, leftOut));
      throw new AssertionError(
          "repeat with -Dveneer.seed=" + seed + "; steps that matter:\n" + logOf(seed, kept), e);
    }
  }

  private void live(long seed, BitSet leftOut) {
    new ModelRun(seed, origin).run(STEPS, leftOut::get);
  }

  private boolean fails(long seed, BitSet leftOut) {
    try {
      live(seed, leftOut);
      return false;
    } catch (RuntimeException | AssertionError e) {
      return true;
    }
  }

  private String logOf(long seed, BitSet kept) {
    ModelRun run = new ModelRun(seed, origin);
    try {
      run.run(STEPS, step -> !kept.get(step));
      return "none alone";
    } catch (RuntimeException | AssertionError e) {
      return String.join("\n", run.log()) + "\n" + e.getMessage();
    }
  }
}
