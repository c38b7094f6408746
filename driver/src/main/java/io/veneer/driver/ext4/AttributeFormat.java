// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Extended attributes: entries from the front, values behind; integers are little-endian. Behind
 * the extra fields of an inode they begin with a magic number, in a block of their own with a
 * header of 32 bytes. An entry whose first four bytes are zero ends them.
 *
 * <pre>
 *   entry   0 u8 nameLength   1 u8 namespace   2 u16 valueOffset   4 u32 valueInode
 *           8 u32 valueLength   12 u32 hash   16 name, up to a multiple of 4
 * </pre>
 *
 * <p>A value's offset counts from the first entry in an inode, from the start of the block
 * otherwise. A value with an inode of its own lies in that inode.
 */
final class AttributeFormat {
  /** Bytes of the header in an inode. */
  static final int INODE_HEADER_LENGTH = 4;

  /** Bytes of the header of a block. */
  static final int BLOCK_HEADER_LENGTH = 32;

  /** The attribute that holds what does not fit into an inode of a file with inline data. */
  static final String INLINE_REST = "system.data";

  private static final int MAGIC = 0xEA02_0000;
  private static final int NAMESPACE_AT = 1;
  private static final int VALUE_OFFSET_AT = 2;
  private static final int VALUE_INODE_AT = 4;
  private static final int VALUE_LENGTH_AT = 8;
  private static final int NAME_AT = 16;
  private static final int ALIGNMENT = 4;

  /** Prefixes of names by number; what is empty is not used. */
  private static final String[] NAMESPACES = {
    "",
    "user.",
    AccessListFormat.ACCESS,
    AccessListFormat.DEFAULT,
    "trusted.",
    "",
    "security.",
    "system.",
    "system.richacl"
  };

  private AttributeFormat() {}

  static boolean hasMagic(ByteBuffer image, int at) {
    return image.getInt(at) == MAGIC;
  }

  static boolean isEnd(ByteBuffer image, int at, int end) {
    return at + Integer.BYTES > end || image.getInt(at) == 0;
  }

  /** Where the next entry begins; this one ends in the buffer for sure. */
  static int next(ByteBuffer image, int at, int end, long inode) {
    int length = NAME_AT + Field.u8(image, at);
    int aligned = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Damage.unless(aligned <= end - at, "extended attribute", inode, "length", aligned);
    return at + aligned;
  }

  static String name(ByteBuffer image, int at, long inode) {
    int namespace = Field.u8(image, at + NAMESPACE_AT);
    Damage.unless(
        namespace < NAMESPACES.length, "extended attribute", inode, "namespace", namespace);
    byte[] name = new byte[Field.u8(image, at)];
    image.get(at + NAME_AT, name);
    return NAMESPACES[namespace] + new String(name, StandardCharsets.UTF_8);
  }

  static int valueOffset(ByteBuffer image, int at) {
    return Field.u16(image, at + VALUE_OFFSET_AT);
  }

  static long valueInode(ByteBuffer image, int at) {
    return Field.u32(image, at + VALUE_INODE_AT);
  }

  static long valueLength(ByteBuffer image, int at) {
    return Field.u32(image, at + VALUE_LENGTH_AT);
  }
}
