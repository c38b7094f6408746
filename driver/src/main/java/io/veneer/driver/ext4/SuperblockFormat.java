// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The ext4 superblock, 1024 bytes at byte 1024 of the device; integers are little-endian. Only what
 * a reader needs is named. Facts: the kernel's documentation of the ext4 layout.
 *
 * <pre>
 *   0 u32 inodes         56 u16 magic           104 16 uuid            336 u32 blocks, high
 *   4 u32 blocks, low    76 u32 revision        120 16 label           342 ...
 *  20 u32 firstBlock     88 u16 inodeBytes      224 u32 journalInode   588 2 u32 backup groups
 *  24 u32 logBlockSize   92 u32 compatible      254 u16 descriptorBytes
 *  32 u32 blocksPerGroup 96 u32 incompatible    260 u32 firstMetaGroup
 *  40 u32 inodesPerGroup 100 u32 read-only compatible
 * </pre>
 */
final class SuperblockFormat {
  /** Where it begins on the device. */
  static final long OFFSET = 1024;

  /** Its length in bytes. */
  static final int LENGTH = 1024;

  private static final int MAGIC = 0xEF53;
  private static final int FIRST_BLOCK_BYTES = 1024;
  private static final int LOG_BLOCK_SIZE_MAX = 6;
  private static final int OLD_REVISION = 0;
  private static final int OLD_INODE_BYTES = 128;
  private static final int OLD_DESCRIPTOR_BYTES = 32;

  private static final int INODES_AT = 0;
  private static final int BLOCKS_LOW_AT = 4;
  private static final int FIRST_BLOCK_AT = 20;
  private static final int LOG_BLOCK_SIZE_AT = 24;
  private static final int BLOCKS_PER_GROUP_AT = 32;
  private static final int INODES_PER_GROUP_AT = 40;
  private static final int MAGIC_AT = 56;
  private static final int REVISION_AT = 76;
  private static final int INODE_BYTES_AT = 88;
  private static final int COMPATIBLE_AT = 92;
  private static final int INCOMPATIBLE_AT = 96;
  private static final int READ_ONLY_COMPATIBLE_AT = 100;
  private static final int UUID_AT = 104;
  private static final int JOURNAL_INODE_AT = 224;
  private static final int DESCRIPTOR_BYTES_AT = 254;
  private static final int FIRST_META_GROUP_AT = 260;
  private static final int BLOCKS_HIGH_AT = 336;
  private static final int BACKUP_GROUPS_AT = 588;

  private SuperblockFormat() {}

  /** Tells whether these bytes begin with what only a superblock has; says nothing more. */
  static boolean hasMagic(ByteBuffer image) {
    return Field.u16(image, MAGIC_AT) == MAGIC;
  }

  /** Reads it, and checks what it says of itself. */
  static Geometry decode(ByteBuffer image) {
    if (!hasMagic(image)) {
      throw Damage.found(
          "no superblock magic=0x" + Integer.toHexString(Field.u16(image, MAGIC_AT)));
    }
    int incompatible = image.getInt(INCOMPATIBLE_AT);
    Features.check(incompatible);
    long logBlockSize = Field.u32(image, LOG_BLOCK_SIZE_AT);
    Damage.unless(logBlockSize <= LOG_BLOCK_SIZE_MAX, "block size", "logBlockSize", logBlockSize);
    boolean old = image.getInt(REVISION_AT) == OLD_REVISION;
    boolean wide = (incompatible & Features.SIXTY_FOUR_BIT) != 0;
    Geometry geometry =
        new Geometry(
            FIRST_BLOCK_BYTES << (int) logBlockSize,
            wide
                ? Field.u64(image, BLOCKS_LOW_AT, BLOCKS_HIGH_AT)
                : Field.u32(image, BLOCKS_LOW_AT),
            Field.u32(image, INODES_AT),
            Field.u32(image, FIRST_BLOCK_AT),
            Field.u32(image, BLOCKS_PER_GROUP_AT),
            Field.u32(image, INODES_PER_GROUP_AT),
            old ? OLD_INODE_BYTES : Field.u16(image, INODE_BYTES_AT),
            wide ? Field.u16(image, DESCRIPTOR_BYTES_AT) : OLD_DESCRIPTOR_BYTES,
            Field.u32(image, FIRST_META_GROUP_AT),
            image.getInt(COMPATIBLE_AT),
            incompatible,
            image.getInt(READ_ONLY_COMPATIBLE_AT),
            Field.u32(image, JOURNAL_INODE_AT),
            Field.u32(image, BACKUP_GROUPS_AT),
            Field.u32(image, BACKUP_GROUPS_AT + Integer.BYTES),
            uuid(image));
    geometry.check();
    return geometry;
  }

  private static UUID uuid(ByteBuffer image) {
    return new UUID(
        Long.reverseBytes(image.getLong(UUID_AT)),
        Long.reverseBytes(image.getLong(UUID_AT + Long.BYTES)));
  }
}
