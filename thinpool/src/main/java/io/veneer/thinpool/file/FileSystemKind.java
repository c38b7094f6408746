// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

/**
 * What kind of file system holds a file, as far as it matters for stores through a mapping.
 *
 * <p>On most, a block that has room keeps it, and a store into it cannot fail for space. Where each
 * write goes to a new place, room means nothing, and bytes are written with a call that can fail.
 * Where holes are filled by reading them, even a read can fail for space.
 */
enum FileSystemKind {
  /** Room is kept: ext4, xfs and what is unknown. */
  IN_PLACE,
  /** Writes to new places unless the file says no copy-on-write: btrfs. */
  COPY_ON_WRITE_BY_FLAG,
  /** Writes to new places always: zfs, bcachefs. */
  COPY_ON_WRITE,
  /** Room is memory, and reading a hole through a mapping takes it: tmpfs. */
  MEMORY;

  /** Flag of {@code chattr +C}: no copy-on-write. */
  static final int NO_COPY_FLAG = 0x0080_0000;

  /** {@code FS_IOC_GETFLAGS} and {@code FS_IOC_SETFLAGS}. */
  static final long GET_FLAGS = 0x8008_6601L;

  static final long SET_FLAGS = 0x4008_6602L;

  static FileSystemKind of(long magic) {
    if (magic == 0x9123_683EL) {
      return COPY_ON_WRITE_BY_FLAG;
    }
    if (magic == 0x2FC1_2FC1L || magic == 0xCA45_1A4EL) {
      return COPY_ON_WRITE;
    }
    return magic == 0x0102_1994L ? MEMORY : IN_PLACE;
  }

  /** Whether a block of this file that has room keeps it when it is written again. */
  boolean keepsPlace(HostFile file) {
    return switch (this) {
      case IN_PLACE, MEMORY -> true;
      case COPY_ON_WRITE_BY_FLAG -> file.hasFlags(NO_COPY_FLAG);
      case COPY_ON_WRITE -> false;
    };
  }
}
