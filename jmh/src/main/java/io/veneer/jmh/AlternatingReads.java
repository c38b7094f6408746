// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.util.Arrays;
import java.util.Locale;

/**
 * Random reads of 4 KiB beside the bare copies that are their floor, in one process, on the same
 * pages, in turns of some milliseconds: so a machine whose speed changes from second to second
 * changes both, and the ratio of neighbours tells more than that of two runs of {@link RandomRead},
 * whose bodies these are. (Not for overwrites: the floor's stores would be the pool's to force.)
 *
 * <p>Run: {@code jmh/measure.sh --alternating [BLOCK_SIZE]}. Results: jmh/README.md.
 */
public final class AlternatingReads {
  private static final int OPERATIONS = 2_000;
  private static final int WARM_UP_PAIRS = 2_000;
  private static final int PAIRS = 1_001;
  private static final double BUDGET = 0.9;

  private AlternatingReads() {}

  private interface Body {
    Object once();
  }

  /** Prints one line. */
  public static void main(String[] arguments) {
    WrittenDevice state = new WrittenDevice();
    if (arguments.length > 0) {
      state.blockSizeBytes = Integer.parseInt(arguments[0]);
    }
    state.setUp();
    Cursor ours = new Cursor();
    Cursor floors = new Cursor();
    RandomRead read = new RandomRead();
    compare(() -> read.thin(state, ours), () -> read.mapped(state, floors));
    state.tearDown();
  }

  private static void compare(Body ours, Body floor) {
    double[] oursNanos = new double[PAIRS];
    double[] floorNanos = new double[PAIRS];
    double[] ratios = new double[PAIRS];
    for (int i = -WARM_UP_PAIRS; i < PAIRS; i++) {
      boolean oursFirst = (i & 1) == 0;
      double first = turn(oursFirst ? ours : floor);
      double second = turn(oursFirst ? floor : ours);
      if (i >= 0) {
        oursNanos[i] = oursFirst ? first : second;
        floorNanos[i] = oursFirst ? second : first;
        ratios[i] = floorNanos[i] / oursNanos[i];
      }
    }
    System.out.printf(
        Locale.ROOT,
        "random read: %.0f ns, floor %.0f ns, %.2f of it (half of the pairs: %.2f to %.2f; budget %.1f)%n",
        quantile(oursNanos, 0.5),
        quantile(floorNanos, 0.5),
        quantile(ratios, 0.5),
        quantile(ratios, 0.25),
        quantile(ratios, 0.75),
        BUDGET);
  }

  /** Nanoseconds of one operation. */
  private static double turn(Body body) {
    Object last = null;
    long begin = System.nanoTime();
    for (int i = 0; i < OPERATIONS; i++) {
      last = body.once();
    }
    long end = System.nanoTime();
    if (last == null) {
      throw new AssertionError("nothing was done");
    }
    return (double) (end - begin) / OPERATIONS;
  }

  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) (part * (sorted.length - 1))];
  }
}
