// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * An inode: 128 bytes, and more where the file system has larger ones; integers are little-endian.
 *
 * <pre>
 *   0 u16 mode            24 u16 group, low     100 u32 generation         128 u16 extraBytes
 *   2 u16 owner, low      26 u16 links          104 u32 attributes, low    132 u32 changed, extra
 *   4 u32 size, low       28 u32 sectors, low   108 u32 size, high         136 u32 modified, extra
 *   8 u32 accessed        32 u32 flags          118 u16 attributes, high
 *  12 u32 changed         36 u32 version        120 u16 owner, high
 *  16 u32 modified        40 60 bytes content   122 u16 group, high       140 u32 accessed, extra
 *  20 u32 deleted                               124 u16 sum, low          130 u16 sum, high
 * </pre>
 *
 * <p>The 60 bytes are a tree of extents, a map of blocks, the target of a link, a device number or
 * the file's own bytes. The extra field of a time holds nanoseconds in its upper 30 bits and two
 * more bits of the seconds below.
 */
final class InodeFormat {
  /** Bytes of the old part, which every inode has. */
  static final int OLD_LENGTH = 128;

  /** Where the content field begins. */
  static final int CONTENT_AT = 40;

  /** Its length. */
  static final int CONTENT_LENGTH = 60;

  /** Flag: the content field is a tree of extents. */
  static final int EXTENTS = 0x8_0000;

  /** Flag: the content field holds the file's bytes, and an extended attribute the rest. */
  static final int INLINE_DATA = 0x1000_0000;

  /** Flag: the inode holds the value of an extended attribute. */
  static final int ATTRIBUTE_VALUE = 0x20_0000;

  private static final int OWNER_LOW_AT = 2;
  private static final int SIZE_LOW_AT = 4;
  private static final int ACCESSED_AT = 8;
  private static final int MODIFIED_AT = 16;
  private static final int GROUP_LOW_AT = 24;
  private static final int LINKS_AT = 26;
  private static final int FLAGS_AT = 32;
  private static final int GENERATION_AT = 100;
  private static final int ATTRIBUTES_LOW_AT = 104;
  private static final int SIZE_HIGH_AT = 108;
  private static final int ATTRIBUTES_HIGH_AT = 118;
  private static final int OWNER_HIGH_AT = 120;
  private static final int GROUP_HIGH_AT = 122;
  private static final int SUM_LOW_AT = 124;
  private static final int EXTRA_BYTES_AT = 128;
  private static final int SUM_HIGH_AT = 130;
  private static final int MODIFIED_EXTRA_AT = 136;
  private static final int MODIFIED_EXTRA_END = 140 - OLD_LENGTH;
  private static final int ACCESSED_EXTRA_AT = 140;
  private static final int ACCESSED_EXTRA_END = 144 - OLD_LENGTH;

  private static final int PERMISSIONS = 0xfff;
  private static final int EPOCH_BITS = 2;
  private static final int EPOCH_MASK = 3;
  private static final int NANOS_MAX = 999_999_999;

  private InodeFormat() {}

  /** Tells whether anything has this inode as its own: a name, or another inode. */
  static boolean isUsed(ByteBuffer table, int at) {
    return table.getShort(at) != 0 && table.getShort(at + LINKS_AT) != 0;
  }

  static Inode decode(long number, ByteBuffer table, int at, Geometry geometry) {
    byte[] bytes = new byte[geometry.inodeBytes()];
    table.get(at, bytes);
    ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int mode = Field.u16(image, 0);
    FileType type = FileType.ofMode(mode);
    Damage.unless(type != null, "inode of no type", number, "mode", mode);
    return new Inode(number, type, mode & PERMISSIONS, image);
  }

  /** An inode's bytes without the time of its last reading, and without the sum over them. */
  static ByteBuffer withoutReading(ByteBuffer image) {
    byte[] bytes = new byte[image.capacity()];
    image.get(0, bytes);
    ByteBuffer copy = ByteBuffer.wrap(bytes);
    copy.putInt(ACCESSED_AT, 0).putShort(SUM_LOW_AT, (short) 0);
    if (extraBytes(image) >= ACCESSED_EXTRA_END) {
      copy.putInt(ACCESSED_EXTRA_AT, 0).putShort(SUM_HIGH_AT, (short) 0);
    }
    return copy;
  }

  static int owner(ByteBuffer image) {
    return Field.u16Pair(image, OWNER_LOW_AT, OWNER_HIGH_AT);
  }

  static int group(ByteBuffer image) {
    return Field.u16Pair(image, GROUP_LOW_AT, GROUP_HIGH_AT);
  }

  static int links(ByteBuffer image) {
    return Field.u16(image, LINKS_AT);
  }

  static int flags(ByteBuffer image) {
    return image.getInt(FLAGS_AT);
  }

  static int generation(ByteBuffer image) {
    return image.getInt(GENERATION_AT);
  }

  static long sizeBytes(ByteBuffer image) {
    return Field.u64(image, SIZE_LOW_AT, SIZE_HIGH_AT);
  }

  /** The block of extended attributes, or 0. */
  static long attributesBlock(ByteBuffer image) {
    return Field.u48(image, ATTRIBUTES_LOW_AT, ATTRIBUTES_HIGH_AT);
  }

  /** Bytes in use behind the old part; extended attributes follow them. */
  static int extraBytes(ByteBuffer image) {
    return image.capacity() > OLD_LENGTH ? Field.u16(image, EXTRA_BYTES_AT) : 0;
  }

  static Instant modified(ByteBuffer image) {
    long seconds = image.getInt(MODIFIED_AT);
    if (extraBytes(image) < MODIFIED_EXTRA_END) {
      return Instant.ofEpochSecond(seconds);
    }
    int extra = image.getInt(MODIFIED_EXTRA_AT);
    long epoch = (long) (extra & EPOCH_MASK) << Integer.SIZE;
    return Instant.ofEpochSecond(seconds + epoch, Math.min(extra >>> EPOCH_BITS, NANOS_MAX));
  }
}
