// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of an entry, as POSIX 1003.1 (ustar, pax) and GNU tar have it. Numbers are octal text,
 * ended by a blank or zero; or, in GNU tar, big-endian binary with the first bit set.
 *
 * <pre>
 *   0  100  name                       257    6  magic: "ustar", zero (POSIX), blank (GNU)
 * 100    8  mode                       263    2  version: "00" (POSIX), blank and zero (GNU)
 * 108    8  owner                      265   32  name of the owner
 * 116    8  group                      297   32  name of the group
 * 124   12  size of what follows       329    8  major, of a device
 * 136   12  modified, seconds          337    8  minor, of a device
 * 148    8  checksum                   345  155  prefix of the name (POSIX)
 * 156    1  type                       500   12  zero
 * 157  100  target of a link
 *
 * GNU tar, type S:                     386   96  four pieces of data: offset 12, length 12
 *                                      482    1  whether a block with more pieces follows
 *                                      483   12  real size
 * such a block:                          0  504  21 pieces, 504 1 whether another follows
 * </pre>
 *
 * <p>The checksum is the sum of all bytes with blanks in its own place. What follows a header is
 * filled up with zeroes to whole blocks; two blocks of zeroes end the archive.
 */
final class TarFormat {
  static final int BLOCK_BYTES = 512;

  static final Field NAME = new Field(0, 100);
  static final Field MODE = new Field(100, 8);
  static final Field OWNER = new Field(108, 8);
  static final Field GROUP = new Field(116, 8);
  static final Field SIZE = new Field(124, 12);
  static final Field MODIFIED = new Field(136, 12);
  static final Field CHECKSUM = new Field(148, 8);
  static final int TYPE_OFFSET = 156;
  static final Field LINK = new Field(157, 100);
  static final Field MAGIC = new Field(257, 6);
  static final Field VERSION = new Field(263, 2);
  static final Field MAJOR = new Field(329, 8);
  static final Field MINOR = new Field(337, 8);
  static final Field PREFIX = new Field(345, 155);

  static final int SPARSE_OFFSET = 386;
  static final int SPARSE_PIECES = 4;
  static final int SPARSE_MORE_OFFSET = 482;
  static final Field SPARSE_SIZE = new Field(483, 12);
  static final int SPARSE_NEXT_PIECES = 21;
  static final int SPARSE_NEXT_MORE_OFFSET = 504;
  static final int SPARSE_NUMBER_BYTES = 12;

  static final char REGULAR = '0';
  static final char REGULAR_OLD = '\0';
  static final char HARD_LINK = '1';
  static final char LINK_TYPE = '2';
  static final char CHARACTER_DEVICE = '3';
  static final char BLOCK_DEVICE = '4';
  static final char FOLDER = '5';
  static final char FIFO = '6';
  static final char CONTIGUOUS = '7';
  static final char PAX = 'x';
  static final char PAX_SOLARIS = 'X';
  static final char PAX_GLOBAL = 'g';
  static final char GNU_LONG_NAME = 'L';
  static final char GNU_LONG_LINK = 'K';
  static final char GNU_SPARSE = 'S';
  static final char GNU_VOLUME = 'V';
  static final char GNU_FOLDER = 'D';

  private static final byte[] POSIX_MAGIC = "ustar\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] POSIX_VERSION = "00".getBytes(StandardCharsets.US_ASCII);
  private static final int BINARY = 0x80;
  private static final int BINARY_NEGATIVE = 0xff;

  /** A place in a block. */
  record Field(int offset, int length) {}

  private TarFormat() {}

  static boolean isZero(byte[] block) {
    for (byte each : block) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  static boolean isPosix(byte[] block) {
    return Arrays.equals(bytes(block, MAGIC), POSIX_MAGIC);
  }

  /** The bytes of a field up to its first zero. */
  static String text(byte[] block, Field field) {
    int end = field.offset;
    while (end < field.offset + field.length && block[end] != 0) {
      end++;
    }
    return ByteNames.of(block, field.offset, end - field.offset);
  }

  /**
   * The number in a field; 0 if it is empty.
   *
   * @throws NumberFormatException if it is none, or has more than 63 bits
   */
  static long number(byte[] block, Field field) {
    int first = Byte.toUnsignedInt(block[field.offset]);
    if ((first & BINARY) != 0) {
      return binary(block, field, first);
    }
    String digits = text(block, field).strip();
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static long binary(byte[] block, Field field, int first) {
    if (first != BINARY && first != BINARY_NEGATIVE) {
      throw new NumberFormatException("a binary number is too large");
    }
    boolean negative = first == BINARY_NEGATIVE;
    long sign = negative ? -1 : 0;
    long value = sign;
    for (int i = field.offset + 1; i < field.offset + field.length; i++) {
      if (value >> (Long.SIZE - Byte.SIZE - 1) != sign) {
        throw new NumberFormatException("a binary number is too large");
      }
      value = value << Byte.SIZE | Byte.toUnsignedInt(block[i]);
    }
    return value;
  }

  /** Whether the checksum is right; some old programs summed signed bytes. */
  static boolean hasRightChecksum(byte[] block) {
    long stored;
    try {
      stored = number(block, CHECKSUM);
    } catch (NumberFormatException e) {
      return false;
    }
    long signed = 0;
    for (int i = 0; i < BLOCK_BYTES; i++) {
      signed += isChecksum(i) ? ' ' : block[i];
    }
    return stored == checksum(block) || stored == signed;
  }

  private static long checksum(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK_BYTES; i++) {
      sum += isChecksum(i) ? ' ' : Byte.toUnsignedInt(block[i]);
    }
    return sum;
  }

  private static boolean isChecksum(int index) {
    return index >= CHECKSUM.offset && index < CHECKSUM.offset + CHECKSUM.length;
  }

  /** Whether a number has room in a field with its ending zero. */
  static boolean fits(long value, Field field) {
    return value >= 0 && value < 1L << 3 * (field.length - 1);
  }

  /** Stores text that is not longer than the field. */
  static void putText(byte[] block, Field field, String text) {
    byte[] bytes = ByteNames.bytes(text);
    System.arraycopy(bytes, 0, block, field.offset, bytes.length);
  }

  /** Stores a number that {@link #fits}, with leading zeroes. */
  static void putNumber(byte[] block, Field field, long value) {
    String digits = Long.toOctalString(value);
    putText(block, field, "0".repeat(field.length - 1 - digits.length()) + digits);
  }

  /** Stores what makes a block a header: magic, version and, last, the checksum. */
  static void seal(byte[] block) {
    System.arraycopy(POSIX_MAGIC, 0, block, MAGIC.offset, MAGIC.length);
    System.arraycopy(POSIX_VERSION, 0, block, VERSION.offset, VERSION.length);
    putText(block, CHECKSUM, String.format("%06o\0 ", checksum(block)));
  }

  /** Bytes that fill the last block up behind a content. */
  static int paddingBytes(long contentBytes) {
    return (int) (-contentBytes & BLOCK_BYTES - 1);
  }

  private static byte[] bytes(byte[] block, Field field) {
    return Arrays.copyOfRange(block, field.offset, field.offset + field.length);
  }
}
