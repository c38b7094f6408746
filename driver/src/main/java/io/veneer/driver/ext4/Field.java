// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;

/** Unsigned numbers out of a buffer, and those of two halves. Pure functions. */
final class Field {
  private static final long LOW_32 = 0xffff_ffffL;
  private static final int LOW_16 = 0xffff;
  private static final int LOW_8 = 0xff;

  private Field() {}

  static int u8(ByteBuffer buffer, int at) {
    return buffer.get(at) & LOW_8;
  }

  static int u16(ByteBuffer buffer, int at) {
    return buffer.getShort(at) & LOW_16;
  }

  static long u32(ByteBuffer buffer, int at) {
    return buffer.getInt(at) & LOW_32;
  }

  /** A number of 64 bits whose halves lie apart. */
  static long u64(ByteBuffer buffer, int lowAt, int highAt) {
    return u32(buffer, highAt) << Integer.SIZE | u32(buffer, lowAt);
  }

  /** A number of 48 bits: 32 low ones, and 16 high ones elsewhere. */
  static long u48(ByteBuffer buffer, int lowAt, int highAt) {
    return (long) u16(buffer, highAt) << Integer.SIZE | u32(buffer, lowAt);
  }

  /** A number of 32 bits whose halves lie apart. */
  static int u16Pair(ByteBuffer buffer, int lowAt, int highAt) {
    return u16(buffer, highAt) << Short.SIZE | u16(buffer, lowAt);
  }
}
