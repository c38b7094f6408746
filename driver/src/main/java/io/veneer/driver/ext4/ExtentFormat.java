// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/**
 * A node of a tree of extents: a header, then entries of 12 bytes each; integers are little-endian.
 *
 * <pre>
 *   header     0 u16 magic   2 u16 entries   4 u16 entriesMax   6 u16 depth   8 u32 generation
 *   extent     0 u32 logical block   4 u16 length   6 u16 block, high   8 u32 block, low
 *   index      0 u32 logical block   4 u32 child, low   8 u16 child, high   10 unused
 * </pre>
 *
 * <p>A length above 32768 is that of blocks that are reserved and not written.
 */
final class ExtentFormat {
  /** Deepest a tree can be. */
  static final int DEPTH_MAX = 5;

  private static final int MAGIC = 0xF30A;
  private static final int HEADER_LENGTH = 12;
  private static final int ENTRY_LENGTH = 12;
  private static final int ENTRIES_AT = 2;
  private static final int DEPTH_AT = 6;
  private static final int EXTENT_LENGTH_AT = 4;
  private static final int EXTENT_HIGH_AT = 6;
  private static final int EXTENT_LOW_AT = 8;
  private static final int CHILD_LOW_AT = 4;
  private static final int CHILD_HIGH_AT = 8;
  private static final int WRITTEN_MAX = 0x8000;

  private ExtentFormat() {}

  /** The number of entries of a node that lies in some bytes of a buffer. */
  static int entries(ByteBuffer node, int at, int lengthBytes, long inode) {
    int magic = Field.u16(node, at);
    Damage.unless(magic == MAGIC, "no node of extents", inode, "magic", magic);
    int entries = Field.u16(node, at + ENTRIES_AT);
    int room = (lengthBytes - HEADER_LENGTH) / ENTRY_LENGTH;
    Damage.unless(entries <= room, "node of extents", inode, "entries", entries);
    return entries;
  }

  static int depth(ByteBuffer node, int at) {
    return Field.u16(node, at + DEPTH_AT);
  }

  static int entryAt(int nodeAt, int index) {
    return nodeAt + HEADER_LENGTH + index * ENTRY_LENGTH;
  }

  static long logical(ByteBuffer node, int entryAt) {
    return Field.u32(node, entryAt);
  }

  static long child(ByteBuffer node, int entryAt) {
    return Field.u48(node, entryAt + CHILD_LOW_AT, entryAt + CHILD_HIGH_AT);
  }

  static Run run(ByteBuffer node, int entryAt) {
    int length = Field.u16(node, entryAt + EXTENT_LENGTH_AT);
    boolean written = length <= WRITTEN_MAX;
    return new Run(
        logical(node, entryAt),
        Field.u48(node, entryAt + EXTENT_LOW_AT, entryAt + EXTENT_HIGH_AT),
        written ? length : length - WRITTEN_MAX,
        written);
  }
}
