// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the two numbers lie that the pool wants to know of the kernel's {@code struct statx} (the
 * same on all machines) and {@code struct statfs} (the same on all with 64 bits).
 */
final class StatxFormat {
  static final int LENGTH = 256;
  static final int STATFS_LENGTH = 120;

  private static final int BLOCKS_OFFSET = 48;
  private static final int TYPE_OFFSET = 0;
  private static final int BLOCK_UNIT_BYTES = 512;

  private StatxFormat() {}

  static long heldBytes(byte[] status) {
    return BLOCK_UNIT_BYTES * numberAt(status, BLOCKS_OFFSET);
  }

  /** The type without the sign that some kernels give to types above 2^31. */
  static long fileSystemType(byte[] status) {
    return numberAt(status, TYPE_OFFSET) & 0xFFFF_FFFFL;
  }

  private static long numberAt(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong(offset);
  }
}
