// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import java.util.BitSet;
import java.util.function.Predicate;

/** Finds the steps that matter of a run that fails. */
final class Shrinking {
  private Shrinking() {}

  /**
   * Leaves out steps, ever smaller runs of them, as long as it still fails.
   *
   * @param steps how many there are, counted from 1
   * @param fails tells whether it fails when these are left out
   * @return the steps that are left
   */
  static BitSet stepsThatMatter(int steps, Predicate<BitSet> fails) {
    BitSet leftOut = new BitSet();
    for (int length = Math.max(1, steps / 2); length > 0; length /= 2) {
      for (int first = 1; first <= steps; first += length) {
        BitSet more = (BitSet) leftOut.clone();
        more.set(first, Math.min(steps + 1, first + length));
        if (!more.equals(leftOut) && fails.test(more)) {
          leftOut = more;
        }
      }
    }
    BitSet kept = new BitSet();
    kept.set(1, steps + 1);
    kept.andNot(leftOut);
    return kept;
  }
}
