// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/**
 * The older way to say where a file lies: 15 numbers of 32 bits in the content field. Twelve are
 * blocks of the file; the next three are blocks full of such numbers, one, two and three levels
 * deep. Zero is a hole of all that it stands for.
 */
final class BlockMapFormat {
  /** Numbers that are blocks of the file themselves. */
  static final int DIRECT = 12;

  /** Levels of the deepest of the last three. */
  static final int LEVELS = 3;

  private BlockMapFormat() {}

  /** Where a number lies. */
  static int entryAt(int start, int index) {
    return start + index * Integer.BYTES;
  }

  /** How many numbers a block holds. */
  static int entriesOf(int blockBytes) {
    return blockBytes / Integer.BYTES;
  }
}
