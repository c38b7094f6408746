// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/**
 * Feature flags of the superblock. What is in {@link #READABLE} is either read here or does not
 * matter to a reader; any other incompatible feature refuses.
 */
final class Features {
  /** Compatible: there is a journal. */
  static final int HAS_JOURNAL = 0x4;

  /** Compatible: two groups named in the superblock hold its only backups. */
  static final int SPARSE_SUPER_2 = 0x200;

  /** Incompatible: directory entries tell the type of what they name. */
  static final int FILE_TYPE = 0x2;

  /** Incompatible: the journal holds what is not yet in its place. */
  static final int RECOVER = 0x4;

  /** Incompatible: group descriptors lie in their own groups. */
  static final int META_GROUPS = 0x10;

  /** Incompatible: block numbers have 64 bits. */
  static final int SIXTY_FOUR_BIT = 0x80;

  /** Read-only compatible: backups only in some groups. */
  static final int SPARSE_SUPER = 0x1;

  private static final int EXTENTS = 0x40;
  private static final int MULTIPLE_MOUNT_PROTECTION = 0x100;
  private static final int FLEXIBLE_GROUPS = 0x200;
  private static final int LARGE_ATTRIBUTES = 0x400;
  private static final int CHECKSUM_SEED = 0x2000;
  private static final int LARGE_DIRECTORIES = 0x4000;
  private static final int INLINE_DATA = 0x8000;
  private static final int CASE_FOLD = 0x2_0000;

  private static final int READABLE =
      FILE_TYPE
          | RECOVER
          | META_GROUPS
          | EXTENTS
          | SIXTY_FOUR_BIT
          | MULTIPLE_MOUNT_PROTECTION
          | FLEXIBLE_GROUPS
          | LARGE_ATTRIBUTES
          | CHECKSUM_SEED
          | LARGE_DIRECTORIES
          | INLINE_DATA
          | CASE_FOLD;

  private Features() {}

  static void check(int incompatible) {
    int unknown = incompatible & ~READABLE;
    if (unknown != 0) {
      throw Damage.unsupported("incompatible features=0x" + Integer.toHexString(unknown));
    }
  }
}
