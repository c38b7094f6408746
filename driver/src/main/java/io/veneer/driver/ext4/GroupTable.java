// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.ext4.GroupDescriptorFormat.Group;

/**
 * Finds group descriptors, and through them inodes. Descriptors lie behind the superblock, or, with
 * the feature for it, each block of them in the first of the groups that it describes. One thread
 * at a time.
 */
final class GroupTable {
  private static final int[] BACKUP_BASES = {3, 5, 7};

  private final BlockReader reader;
  private final Geometry geometry;
  private final int perBlock;

  GroupTable(BlockReader reader, Geometry geometry) {
    this.reader = reader;
    this.geometry = geometry;
    this.perBlock = geometry.blockBytes() / geometry.descriptorBytes();
  }

  Group group(long number) {
    Damage.unless(number >= 0 && number < geometry.groups(), "group number", "group", number);
    long block = descriptorBlock(number / perBlock);
    int at = (int) (number % perBlock) * geometry.descriptorBytes();
    Group group = GroupDescriptorFormat.decode(reader.block(block), at, geometry);
    long table = group.tableBlock();
    Damage.unless(
        table > 0 && table <= geometry.blocks() - geometry.tableBlocks(),
        "inode table of group " + number,
        "block",
        table);
    return group;
  }

  private long descriptorBlock(long index) {
    long first = geometry.firstBlock() + 1;
    boolean inOwnGroups = geometry.has(Features.META_GROUPS) && index >= geometry.firstMetaGroup();
    if (!inOwnGroups) {
      return first + index;
    }
    long group = index * perBlock;
    long start = geometry.firstBlock() + group * geometry.blocksPerGroup();
    return start + (hasBackup(group) ? 1 : 0);
  }

  /** Whether a group begins with a superblock or a copy of it. */
  private boolean hasBackup(long group) {
    if (group == 0) {
      return true;
    }
    if ((geometry.compatible() & Features.SPARSE_SUPER_2) != 0) {
      return group == geometry.backupGroup() || group == geometry.otherBackupGroup();
    }
    boolean everywhere = (geometry.readOnlyCompatible() & Features.SPARSE_SUPER) == 0;
    return everywhere || group == 1 || isPowerOfABase(group);
  }

  private static boolean isPowerOfABase(long group) {
    for (int base : BACKUP_BASES) {
      long power = base;
      while (power < group) {
        power *= base;
      }
      if (power == group) {
        return true;
      }
    }
    return false;
  }

  /** The block of an inode table in which an inode lies. */
  long blockOf(long inode) {
    Damage.unless(inode > 0 && inode <= geometry.inodes(), "inode number", "inode", inode);
    long index = (inode - 1) % geometry.inodesPerGroup();
    return group(geometry.groupOf(inode)).tableBlock() + index / geometry.inodesPerBlock();
  }

  /** Where in that block it begins. */
  int offsetOf(long inode) {
    long index = (inode - 1) % geometry.inodesPerGroup();
    return (int) (index % geometry.inodesPerBlock()) * geometry.inodeBytes();
  }

  /** Whether an inode lies where the table was never written. */
  boolean isNeverUsed(long inode) {
    Group group = group(geometry.groupOf(inode));
    long index = (inode - 1) % geometry.inodesPerGroup();
    return index >= geometry.inodesPerGroup() - group.neverUsedInodes();
  }

  long usedInodes() {
    long used = 0;
    for (long i = 0; i < geometry.groups(); i++) {
      used +=
          geometry.inodesPerGroup() - Math.min(geometry.inodesPerGroup(), group(i).freeInodes());
    }
    return used;
  }
}
