// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/**
 * Entries of a directory, one behind the other in each block; integers are little-endian. Blocks of
 * a hashed index look like blocks with one unused entry, so that reading in order finds the rest.
 *
 * <pre>
 *   0 u32 inode, 0 if unused   4 u16 length   6 u8 nameLength   7 u8 type   8 name
 * </pre>
 *
 * <p>Where entries do not tell the type, the name's length has 16 bits. A length of 0 or 65535 goes
 * to the end of a block of 64 KiB.
 */
final class DirectoryFormat {
  /** A name's longest. */
  static final int NAME_BYTES_MAX = 255;

  /** Where a name begins. */
  static final int NAME_AT = 8;

  /** Bytes of the parent's inode number before the entries that lie in the inode itself. */
  static final int INLINE_PARENT_LENGTH = Integer.BYTES;

  private static final int LENGTH_AT = 4;
  private static final int NAME_LENGTH_AT = 6;
  private static final int TYPE_AT = 7;
  private static final int TO_THE_END = 0xffff;
  private static final int ALIGNMENT = 4;

  private DirectoryFormat() {}

  static long inode(ByteBuffer entries, int at) {
    return Field.u32(entries, at);
  }

  /** The length of the entry at some place, which ends in the buffer for sure. */
  static int length(ByteBuffer entries, int at, int end, long inode) {
    Damage.unless(end - at >= NAME_AT, "end of a directory block", inode, "offset", at);
    int length = Field.u16(entries, at + LENGTH_AT);
    if (length == 0 || length == TO_THE_END) {
      length = end == TO_THE_END + 1 ? end - at : length;
    }
    Damage.unless(
        length >= NAME_AT && length % ALIGNMENT == 0 && length <= end - at,
        "length of a directory entry",
        inode,
        "length",
        length);
    return length;
  }

  static int nameLength(ByteBuffer entries, int at, boolean typed) {
    return typed ? Field.u8(entries, at + NAME_LENGTH_AT) : Field.u16(entries, at + NAME_LENGTH_AT);
  }

  static FileType type(ByteBuffer entries, int at) {
    return FileType.ofEntry(Field.u8(entries, at + TYPE_AT));
  }
}
