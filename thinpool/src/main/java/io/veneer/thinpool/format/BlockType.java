// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

/** The kinds of metadata blocks; the code is what stands in the block's header. */
public enum BlockType {
  /** One of the two superblock slots. */
  SUPERBLOCK(1, "superblock"),
  /** Which slot of each counts block is the valid one, and how many of its blocks are in use. */
  COUNT_INDEX(2, "count index block"),
  /** Reference counts of consecutive blocks. */
  COUNTS(3, "counts block"),
  /** Node of a device's mapping tree. */
  MAPPING_NODE(4, "mapping node"),
  /** Node of the device table. */
  TABLE_NODE(5, "device table node"),
  /** One device. */
  DEVICE_RECORD(6, "device record"),
  /** What of a device's name and attributes does not fit in its record. */
  DEVICE_TEXT(7, "device text block");

  private final int code;
  private final String title;

  BlockType(int code, String title) {
    this.code = code;
    this.title = title;
  }

  /**
   * The number on disk.
   *
   * @return a positive 16-bit number
   */
  public int code() {
    return code;
  }

  /**
   * The name in messages.
   *
   * @return a few words
   */
  public String title() {
    return title;
  }
}
