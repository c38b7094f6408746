// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;

/**
 * Compares bytes of buffers at given places without copying them. Bytes that differ mostly do so
 * early, and are found without garbage; only for a long equal stretch two views are made, over
 * which the JDK compares with vector instructions.
 */
final class ByteComparison {
  private static final int EARLY_BYTES = 256;

  private ByteComparison() {}

  static boolean equal(ByteBuffer left, int leftIndex, ByteBuffer right, int rightIndex, int n) {
    int early = Math.min(n, EARLY_BYTES);
    for (int i = 0; i < early; i++) {
      if (left.get(leftIndex + i) != right.get(rightIndex + i)) {
        return false;
      }
    }
    int rest = n - early;
    return rest == 0
        || left.slice(leftIndex + early, rest).mismatch(right.slice(rightIndex + early, rest)) < 0;
  }

  static boolean isZero(ByteBuffer bytes, int start, int end) {
    ByteBuffer zeroes = IoVector.zeroes();
    for (int at = start; at < end; at += zeroes.capacity()) {
      if (!equal(bytes, at, zeroes, 0, Math.min(end - at, zeroes.capacity()))) {
        return false;
      }
    }
    return true;
  }
}
