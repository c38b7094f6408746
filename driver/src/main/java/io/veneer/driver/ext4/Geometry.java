// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.util.UUID;

/**
 * What a superblock says of the file system's shape.
 *
 * @param blockBytes bytes of a block, a power of two
 * @param blocks blocks of the file system
 * @param inodes inodes of the file system; their numbers begin at 1
 * @param firstBlock block of the superblock: 1 where a block has 1024 bytes, else 0
 * @param blocksPerGroup blocks of a group; the last may be shorter
 * @param inodesPerGroup inodes of a group
 * @param inodeBytes bytes of an inode in its table
 * @param descriptorBytes bytes of a group descriptor
 * @param firstMetaGroup first descriptor block that lies in its own groups, where there are such
 * @param compatible feature flags that any reader may pass over
 * @param incompatible feature flags that a reader must know
 * @param readOnlyCompatible feature flags that a writer must know
 * @param journalInode inode of the journal
 * @param backupGroup one of two groups with a backup, of file systems that have only those
 * @param otherBackupGroup the other
 * @param uuid identity
 */
record Geometry(
    int blockBytes,
    long blocks,
    long inodes,
    long firstBlock,
    long blocksPerGroup,
    long inodesPerGroup,
    int inodeBytes,
    int descriptorBytes,
    long firstMetaGroup,
    int compatible,
    int incompatible,
    int readOnlyCompatible,
    long journalInode,
    long backupGroup,
    long otherBackupGroup,
    UUID uuid) {
  private static final int INODE_BYTES_MIN = 128;
  private static final int DESCRIPTOR_BYTES_MIN = 32;
  private static final int WIDE_DESCRIPTOR_BYTES = 64;
  private static final int BITS_PER_BYTE = 8;

  /** Blocks are counted in longs; their bytes must be countable too. */
  private static final long BLOCKS_MAX = 1L << 46;

  /** Throws where the numbers contradict each other. */
  void check() {
    Damage.unless(blocks > firstBlock && blocks <= BLOCKS_MAX, "size", "blocks", blocks);
    Damage.unless(
        inodeBytes >= INODE_BYTES_MIN && inodeBytes <= blockBytes && isPowerOfTwo(inodeBytes),
        "inode size",
        "inodeBytes",
        inodeBytes);
    Damage.unless(
        descriptorBytes >= DESCRIPTOR_BYTES_MIN
            && descriptorBytes <= blockBytes
            && isPowerOfTwo(descriptorBytes),
        "group descriptor size",
        "descriptorBytes",
        descriptorBytes);
    long bitsOfABlock = (long) blockBytes * BITS_PER_BYTE;
    Damage.unless(
        inodesPerGroup > 0 && inodesPerGroup <= bitsOfABlock,
        "group",
        "inodesPerGroup",
        inodesPerGroup);
    Damage.unless(
        blocksPerGroup > 0 && blocksPerGroup < 1L << Integer.SIZE,
        "group",
        "blocksPerGroup",
        blocksPerGroup);
    Damage.unless(
        inodes > 0 && inodes <= groups() * inodesPerGroup, "number of inodes", "inodes", inodes);
    Damage.unless(groups() < Integer.MAX_VALUE, "number of groups", "groups", groups());
  }

  private static boolean isPowerOfTwo(int value) {
    return (value & (value - 1)) == 0;
  }

  boolean has(int incompatibleFeature) {
    return (incompatible & incompatibleFeature) != 0;
  }

  boolean wideDescriptors() {
    return has(Features.SIXTY_FOUR_BIT) && descriptorBytes >= WIDE_DESCRIPTOR_BYTES;
  }

  long groups() {
    return ceilDiv(blocks - firstBlock, blocksPerGroup);
  }

  /** The group that an inode lies in; inodes are numbered from 1. */
  long groupOf(long inode) {
    return (inode - 1) / inodesPerGroup;
  }

  long inodesPerBlock() {
    return blockBytes / inodeBytes;
  }

  /** Blocks of one group's inode table. */
  long tableBlocks() {
    return ceilDiv(inodesPerGroup * inodeBytes, blockBytes);
  }

  long bytes() {
    return blocks * blockBytes;
  }

  static long ceilDiv(long value, long unit) {
    return (value + unit - 1) / unit;
  }
}
