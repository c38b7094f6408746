// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Where a check is, as the way from the superblock down to a block and an entry in it. Put into
 * words only when something is found. One thread.
 */
final class Trail {
  private final List<Step> steps = new ArrayList<>();

  private static final class Step {
    private final long block;
    private final int level;
    private String title;
    private int entry = -1;

    Step(String title, long block, int level) {
      this.title = title;
      this.block = block;
      this.level = level;
    }

    @Override
    public String toString() {
      String place = title + " " + block;
      if (level > 0) {
        return place + " [level " + level + (entry < 0 ? "]" : ", entry " + entry + "]");
      }
      return entry < 0 ? place : place + " [entry " + entry + "]";
    }
  }

  /** Goes down to a block; {@link #up} follows. */
  void down(String title, long block, int level) {
    steps.add(new Step(title, block, level));
  }

  /** Says which entry of the lowest block it is about; -1 for the block as a whole. */
  void entry(int index) {
    last().entry = index;
  }

  /** Gives the lowest block a better name, once that is known. */
  void rename(String title) {
    last().title = title;
  }

  void up() {
    steps.remove(steps.size() - 1);
  }

  /** The lowest block. */
  long block() {
    return last().block;
  }

  private Step last() {
    return steps.get(steps.size() - 1);
  }

  @Override
  public String toString() {
    StringJoiner path = new StringJoiner(" > ");
    steps.forEach(step -> path.add(step.toString()));
    return path.toString();
  }
}
