// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/**
 * The body of a tree node: 504 entries of 64 bits. See FORMAT.md, "Trees".
 *
 * <p>An entry of an internal node is the metadata block of its child, an entry of a device table's
 * leaf that of a device record, an entry of a mapping leaf a {@link MappingEntry}. Zero is an empty
 * entry everywhere.
 */
public final class NodeFormat {
  /** Entries of a node. */
  public static final int ENTRIES = BlockHeaderFormat.BODY_BYTES / Long.BYTES;

  /** Offset of the first entry. */
  public static final int FIRST_ENTRY = BlockHeaderFormat.LENGTH;

  /** Highest level a node can have; four levels reach 2^32 virtual blocks. */
  public static final int LEVEL_MAX = 3;

  private NodeFormat() {}

  /**
   * Offset of an entry in its block.
   *
   * @param index 0 to 503
   * @return offset in bytes
   */
  public static int entryOffset(int index) {
    return FIRST_ENTRY + index * Long.BYTES;
  }

  /**
   * How many keys one entry of a node stands for.
   *
   * @param level the node's level
   * @return 1 for a leaf, 504 a level more
   */
  public static long span(int level) {
    long span = 1;
    for (int i = 0; i < level; i++) {
      span *= ENTRIES;
    }
    return span;
  }

  /**
   * The level of a root that reaches a number of keys.
   *
   * @param keys how many keys, from 0 on
   * @return the lowest level that is enough
   */
  public static int levelFor(long keys) {
    int level = 0;
    while (span(level + 1) < keys) {
      level++;
    }
    return level;
  }
}
