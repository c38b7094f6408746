// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/**
 * Blocks of the journal; integers are big-endian. Facts: the kernel's documentation of jbd2.
 *
 * <pre>
 *   every block of its own   0 u32 magic   4 u32 type   8 u32 transaction
 *   superblock  12 u32 blockBytes   16 u32 blocks   20 u32 first   24 u32 transaction   28 u32 start
 *               40 u32 incompatible features   48 16 uuid   80 u8 checksum type
 *   descriptor  12 tags; behind the last, at the end of the block, u32 checksum
 *   tag         0 u32 block, low   4 u16 checksum   6 u16 flags   [8 u32 block, high]   [16 uuid]
 *   tag, v3     0 u32 block, low   4 u32 flags   8 u32 block, high   12 u32 checksum   [16 uuid]
 *   revocation  12 u32 end of the numbers   16 u32 or u64 block numbers; u32 checksum at the end
 *   commit      16 u32 checksum
 * </pre>
 *
 * <p>A tag without the flag "same uuid" is followed by 16 bytes. A block whose first word is the
 * magic number is kept with zeroes there, and its tag says so.
 */
final class JournalFormat {
  /** The first word of every block that is not a copy. */
  static final int MAGIC = 0xC03B_3998;

  /** Type: a list of the copies that follow. */
  static final int DESCRIPTOR = 1;

  /** Type: the end of a transaction. */
  static final int COMMIT = 2;

  /** Type: the superblock of a journal that has feature flags. */
  static final int SUPERBLOCK = 4;

  /** Type: blocks whose earlier copies count no more. */
  static final int REVOCATION = 5;

  /** Tag flag: the copy's first word was the magic number. */
  static final int ESCAPED = 1;

  /** Tag flag: the last of its descriptor. */
  static final int LAST = 8;

  /** Where tags and numbers begin in a block with a header. */
  static final int HEADER_LENGTH = 12;

  /** Bytes of a checksum at the end of a block. */
  static final int TAIL_LENGTH = 4;

  /** Where a commit has its checksum. */
  static final int COMMIT_CHECKSUM_AT = 16;

  /** Where the journal's identity is in its superblock. */
  static final int UUID_AT = 48;

  /** The identity's length. */
  static final int UUID_LENGTH = 16;

  private static final int TYPE_AT = 4;
  private static final int TRANSACTION_AT = 8;
  private static final int BLOCK_BYTES_AT = 12;
  private static final int BLOCKS_AT = 16;
  private static final int FIRST_AT = 20;
  private static final int FIRST_TRANSACTION_AT = 24;
  private static final int START_AT = 28;
  private static final int INCOMPATIBLE_AT = 40;
  private static final int REVOKED_END_AT = 12;
  private static final int REVOKED_AT = 16;

  private static final int SAME_UUID = 2;
  private static final int FLAGS_AT = 6;
  private static final int BLOCK_HIGH_AT = 8;
  private static final int WIDE_FLAGS_AT = 4;
  private static final int WIDE_CHECKSUM_AT = 12;
  private static final int SHORT_TAG = 8;
  private static final int LONG_TAG = 12;
  private static final int WIDE_TAG = 16;

  private static final int REVOKES = 1;
  private static final int SIXTY_FOUR_BIT = 2;
  private static final int LATE_COMMITS = 4;
  private static final int CHECKSUMS_2 = 8;
  private static final int CHECKSUMS_3 = 16;
  private static final int READABLE =
      REVOKES | SIXTY_FOUR_BIT | LATE_COMMITS | CHECKSUMS_2 | CHECKSUMS_3;

  private JournalFormat() {}

  /**
   * What a journal's superblock says.
   *
   * @param blockBytes bytes of a block
   * @param blocks blocks of the journal, its superblock included
   * @param first first block that holds transactions
   * @param transaction number of the first transaction
   * @param start block in which it begins, or 0 if everything is in its place
   * @param incompatible feature flags
   */
  record Header(
      long blockBytes, long blocks, long first, int transaction, long start, int incompatible) {
    boolean checksums() {
      return (incompatible & (CHECKSUMS_2 | CHECKSUMS_3)) != 0;
    }

    private boolean wideTags() {
      return (incompatible & CHECKSUMS_3) != 0;
    }

    private boolean wideNumbers() {
      return (incompatible & SIXTY_FOUR_BIT) != 0;
    }
  }

  static Header header(ByteBuffer image) {
    Damage.unless(isBlock(image), "no journal superblock", "magic", Field.u32(image, 0));
    Header header =
        new Header(
            Field.u32(image, BLOCK_BYTES_AT),
            Field.u32(image, BLOCKS_AT),
            Field.u32(image, FIRST_AT),
            image.getInt(FIRST_TRANSACTION_AT),
            Field.u32(image, START_AT),
            type(image) == SUPERBLOCK ? image.getInt(INCOMPATIBLE_AT) : 0);
    int unknown = header.incompatible & ~READABLE;
    if (unknown != 0 && header.start != 0) {
      throw Damage.unsupported(
          "its journal is not empty and has unknown features=0x"
              + Integer.toHexString(unknown)
              + "; mount it once for writing, or freeze it first");
    }
    return header;
  }

  static boolean isBlock(ByteBuffer image) {
    return image.getInt(0) == MAGIC;
  }

  static int type(ByteBuffer image) {
    return image.getInt(TYPE_AT);
  }

  static int transaction(ByteBuffer image) {
    return image.getInt(TRANSACTION_AT);
  }

  static long taggedBlock(ByteBuffer image, int at, Header header) {
    boolean high = header.wideTags() || header.wideNumbers();
    return high && header.wideNumbers()
        ? Field.u64(image, at, at + BLOCK_HIGH_AT)
        : Field.u32(image, at);
  }

  static int flags(ByteBuffer image, int at, Header header) {
    return header.wideTags() ? image.getInt(at + WIDE_FLAGS_AT) : Field.u16(image, at + FLAGS_AT);
  }

  /** The checksum of the copy, as many of its low bits as {@link #checksumMask} has. */
  static int checksum(ByteBuffer image, int at, Header header) {
    return header.wideTags()
        ? image.getInt(at + WIDE_CHECKSUM_AT)
        : Field.u16(image, at + Integer.BYTES);
  }

  static int checksumMask(Header header) {
    return header.wideTags() ? -1 : (1 << Short.SIZE) - 1;
  }

  /** Bytes of a tag, with the identity that may follow it. */
  static int tagLength(ByteBuffer image, int at, Header header) {
    int length = tagLengthMin(header);
    boolean sameUuid = (flags(image, at, header) & SAME_UUID) != 0;
    return sameUuid ? length : length + UUID_LENGTH;
  }

  static int tagLengthMin(Header header) {
    if (header.wideTags()) {
      return WIDE_TAG;
    }
    return header.wideNumbers() ? LONG_TAG : SHORT_TAG;
  }

  /** The numbers of a revocation, which are the rest of its block up to a mark. */
  static long[] revoked(ByteBuffer image, Header header) {
    int bytes = header.wideNumbers() ? Long.BYTES : Integer.BYTES;
    long end = Math.min(Field.u32(image, REVOKED_END_AT), image.capacity());
    int count = (int) Math.max(0, (end - REVOKED_AT) / bytes);
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      int at = REVOKED_AT + i * bytes;
      numbers[i] = header.wideNumbers() ? image.getLong(at) : Field.u32(image, at);
    }
    return numbers;
  }
}
