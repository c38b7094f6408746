// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import java.nio.ByteBuffer;

/**
 * Zero bytes: to fill with, to write from, to look for. Allocates nothing but the small views it
 * hands out.
 */
final class Zeroes {
  private static final byte[] HEAP = new byte[64 * 1024];
  private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

  private Zeroes() {}

  /** A view of zero bytes, up to 1 MiB. */
  static ByteBuffer of(int bytes) {
    return DIRECT.slice(0, bytes);
  }

  /** Fills the next bytes of a buffer. */
  static void fill(ByteBuffer target, int bytes) {
    int left = bytes;
    while (left > 0) {
      int some = Math.min(left, HEAP.length);
      target.put(HEAP, 0, some);
      left -= some;
    }
  }

  /** Whether the rest of a buffer is zero; stops at the first byte that is not. */
  static boolean isAllOf(ByteBuffer source) {
    int at = source.position();
    int end = source.limit();
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      if (source.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (source.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
