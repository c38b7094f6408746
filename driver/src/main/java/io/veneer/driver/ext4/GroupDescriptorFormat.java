// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/**
 * A group descriptor; integers are little-endian. The high halves are there where the descriptor
 * has 64 bytes.
 *
 * <pre>
 *   0 u32 block bitmap, low     12 u16 free blocks, low    32 u32 block bitmap, high
 *   4 u32 inode bitmap, low     14 u16 free inodes, low    36 u32 inode bitmap, high
 *   8 u32 inode table, low      18 u16 flags               40 u32 inode table, high
 *                               28 u16 unused inodes, low  44 u16 free blocks, high
 *                                                          46 u16 free inodes, high
 *                                                          50 u16 unused inodes, high
 * </pre>
 */
final class GroupDescriptorFormat {
  private static final int TABLE_LOW_AT = 8;
  private static final int FREE_BLOCKS_LOW_AT = 12;
  private static final int FREE_INODES_LOW_AT = 14;
  private static final int FLAGS_AT = 18;
  private static final int UNUSED_INODES_LOW_AT = 28;
  private static final int TABLE_HIGH_AT = 40;
  private static final int FREE_BLOCKS_HIGH_AT = 44;
  private static final int FREE_INODES_HIGH_AT = 46;
  private static final int UNUSED_INODES_HIGH_AT = 50;
  private static final int INODES_NEVER_USED = 1;

  /** Read-only compatible: descriptors have checksums, and so their flags mean something. */
  private static final int DESCRIPTOR_CHECKSUMS = 0x10 | 0x400;

  private GroupDescriptorFormat() {}

  static Group decode(ByteBuffer image, int at, Geometry geometry) {
    boolean wide = geometry.wideDescriptors();
    long table =
        wide
            ? Field.u64(image, at + TABLE_LOW_AT, at + TABLE_HIGH_AT)
            : Field.u32(image, at + TABLE_LOW_AT);
    boolean flagged = (geometry.readOnlyCompatible() & DESCRIPTOR_CHECKSUMS) != 0;
    long unused = 0;
    if (flagged) {
      boolean neverUsed = (Field.u16(image, at + FLAGS_AT) & INODES_NEVER_USED) != 0;
      unused =
          neverUsed
              ? geometry.inodesPerGroup()
              : half(image, at + UNUSED_INODES_LOW_AT, at + UNUSED_INODES_HIGH_AT, wide);
    }
    return new Group(
        table,
        half(image, at + FREE_BLOCKS_LOW_AT, at + FREE_BLOCKS_HIGH_AT, wide),
        half(image, at + FREE_INODES_LOW_AT, at + FREE_INODES_HIGH_AT, wide),
        Math.min(unused, geometry.inodesPerGroup()));
  }

  private static long half(ByteBuffer image, int lowAt, int highAt, boolean wide) {
    return wide ? Field.u16Pair(image, lowAt, highAt) & 0xffff_ffffL : Field.u16(image, lowAt);
  }

  /**
   * What a descriptor says.
   *
   * @param tableBlock first block of the group's inode table
   * @param freeBlocks blocks nobody uses; clusters where blocks are allocated in clusters
   * @param freeInodes inodes nobody uses
   * @param neverUsedInodes inodes at the end of the table that nobody ever used
   */
  record Group(long tableBlock, long freeBlocks, long freeInodes, long neverUsedInodes) {}
}
