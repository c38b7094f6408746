// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/**
 * One virtual block's mapping, in 64 bits. See FORMAT.md, "Mapping entry".
 *
 * <pre>
 *  63      present: 0 means that the virtual block is a hole, and all other bits are 0
 *  62      zero: the block reads as zeroes and has no data block
 *  61..32  time: the pool clock when the mapping was made
 *  31..0   data block
 * </pre>
 */
public final class MappingEntry {
  /** The entry of a hole. */
  public static final long HOLE = 0;

  /** Largest time that can be told; a clock that reaches it stays there and is trusted no more. */
  public static final long TIME_MAX = (1L << 30) - 1;

  /** How many data blocks an entry can tell apart. */
  public static final long DATA_BLOCKS_MAX = 1L << 32;

  private static final long PRESENT = 1L << 63;
  private static final long ZERO = 1L << 62;
  private static final int TIME_SHIFT = 32;
  private static final long DATA_MASK = DATA_BLOCKS_MAX - 1;

  private MappingEntry() {}

  /**
   * An entry that maps a data block.
   *
   * @param dataBlock its index
   * @param time the pool clock
   * @return the entry
   */
  public static long data(long dataBlock, long time) {
    return PRESENT | (time << TIME_SHIFT) | dataBlock;
  }

  /**
   * An entry that reads as zeroes.
   *
   * @param time the pool clock
   * @return the entry
   */
  public static long zero(long time) {
    return PRESENT | ZERO | (time << TIME_SHIFT);
  }

  /**
   * Whether an entry maps a data block.
   *
   * @param entry the entry
   * @return false for holes and zeroes
   */
  public static boolean isData(long entry) {
    return (entry & (PRESENT | ZERO)) == PRESENT;
  }

  /**
   * Whether an entry reads as zeroes by intent.
   *
   * @param entry the entry
   * @return false for holes and data
   */
  public static boolean isZero(long entry) {
    return (entry & ZERO) != 0;
  }

  /**
   * The data block of an entry that maps one.
   *
   * @param entry the entry
   * @return index in the data file
   */
  public static long dataBlock(long entry) {
    return entry & DATA_MASK;
  }

  /**
   * When the mapping was made.
   *
   * @param entry the entry
   * @return pool clock
   */
  public static long time(long entry) {
    return (entry >>> TIME_SHIFT) & TIME_MAX;
  }

  /**
   * Whether the bits of an entry from disk make sense.
   *
   * @param entry the entry
   * @return false for bits that no version writes
   */
  public static boolean isValid(long entry) {
    if (entry >= 0) {
      return entry == HOLE;
    }
    return !isZero(entry) || dataBlock(entry) == 0;
  }
}
