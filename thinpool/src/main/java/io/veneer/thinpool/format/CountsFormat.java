// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import java.nio.ByteBuffer;

/**
 * The bodies of the two kinds of blocks that hold reference counts. See FORMAT.md, "Reference
 * counts".
 *
 * <p>A counts block holds 1344 counts of three bytes: a count never exceeds the number of trees,
 * and devices are numbered with 24 bits. Each counts block has two slots next to each other; a
 * commit writes the slot that is not valid. Which one is valid stands in a count index block, with
 * how many of the 1344 blocks are in use, in 16 bits:
 *
 * <pre>
 *  15..14  slot: 0 never written (all counts are 0), 1 first slot, 2 second slot
 *  13..11  reserved, zero
 *  10..0   used
 * </pre>
 *
 * <p>Count index blocks have two slots as well; which is valid stands in the superblock. So nothing
 * is allocated to count blocks, and the recursion ends.
 */
public final class CountsFormat {
  /** Bytes of one count. */
  public static final int COUNT_BYTES = 3;

  /** Counts in a block. */
  public static final int COUNTS = BlockHeaderFormat.BODY_BYTES / COUNT_BYTES;

  /** Largest count. */
  public static final int COUNT_MAX = (1 << 24) - 1;

  /** Entries in an index block. */
  public static final int INDEX_ENTRIES = BlockHeaderFormat.BODY_BYTES / Short.BYTES;

  /** Slot number of what was never written. */
  public static final int SLOT_NONE = 0;

  /** Slots of a block. */
  public static final int SLOTS = 2;

  private static final int SLOT_SHIFT = 14;
  private static final int USED_MASK = 0x7ff;

  private CountsFormat() {}

  /**
   * Offset of a count in its block.
   *
   * @param index 0 to 1343
   * @return offset in bytes
   */
  public static int countOffset(int index) {
    return BlockHeaderFormat.LENGTH + index * COUNT_BYTES;
  }

  /**
   * Reads a count.
   *
   * @param image a verified counts block
   * @param index 0 to 1343
   * @return the count
   */
  public static int count(ByteBuffer image, int index) {
    int at = countOffset(index);
    return Short.toUnsignedInt(image.getShort(at))
        | Byte.toUnsignedInt(image.get(at + Short.BYTES)) << Short.SIZE;
  }

  /**
   * Offset of an index entry in its block.
   *
   * @param index 0 to 2015
   * @return offset in bytes
   */
  public static int indexOffset(int index) {
    return BlockHeaderFormat.LENGTH + index * Short.BYTES;
  }

  /**
   * Makes an index entry.
   *
   * @param slot 0 to 2
   * @param used 0 to 1344
   * @return the entry
   */
  public static short indexEntry(int slot, int used) {
    return (short) ((slot << SLOT_SHIFT) | used);
  }

  /**
   * The slot that an index entry names.
   *
   * @param entry the entry
   * @return 0 to 3, of which 3 is corrupt
   */
  public static int slot(short entry) {
    return (entry >>> SLOT_SHIFT) & 3;
  }

  /**
   * Whether the bits of an index entry from disk make sense.
   *
   * @param entry the entry
   * @return false for bits that no version writes
   */
  public static boolean isIndexEntry(short entry) {
    int used = entry & ~(3 << SLOT_SHIFT);
    return slot(entry) == SLOT_NONE ? used == 0 : slot(entry) <= SLOTS && used <= COUNTS;
  }

  /**
   * How many blocks are in use.
   *
   * @param entry the entry
   * @return 0 to 1344; more is corrupt
   */
  public static int used(short entry) {
    return entry & USED_MASK;
  }

  /**
   * The slot that a commit writes.
   *
   * @param valid the slot that is valid now
   * @return the other one
   */
  public static int otherSlot(int valid) {
    return valid == 1 ? 2 : 1;
  }
}
