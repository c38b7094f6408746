// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

/** What an inode is, with the number that a mode and a directory entry have for it. */
public enum FileType {
  /** A file with bytes. */
  REGULAR(8, 1),
  /** A directory. */
  DIRECTORY(4, 2),
  /** A device of characters. */
  CHARACTER_DEVICE(2, 3),
  /** A device of blocks. */
  BLOCK_DEVICE(6, 4),
  /** A named pipe. */
  PIPE(1, 5),
  /** A socket. */
  SOCKET(12, 6),
  /** A symbolic link. */
  LINK(10, 7);

  private static final int MODE_SHIFT = 12;
  private static final FileType[] BY_MODE = new FileType[1 << (Short.SIZE - MODE_SHIFT)];
  private static final FileType[] BY_ENTRY = new FileType[1 << Byte.SIZE];

  static {
    for (FileType type : values()) {
      BY_MODE[type.inMode] = type;
      BY_ENTRY[type.inEntry] = type;
    }
  }

  private final int inMode;
  private final int inEntry;

  FileType(int inMode, int inEntry) {
    this.inMode = inMode;
    this.inEntry = inEntry;
  }

  /** The type that an inode's mode tells, or null if it tells none. */
  static FileType ofMode(int mode) {
    return BY_MODE[mode >>> MODE_SHIFT];
  }

  /** The type that a directory entry tells, or null if it tells none. */
  static FileType ofEntry(int number) {
    return BY_ENTRY[number];
  }
}
