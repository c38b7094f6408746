// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;

/**
 * Compares bytes of a data file with bytes in memory, without garbage, piece by piece through a
 * small buffer that stays in the processor's cache.
 *
 * <p>Not straight on the mapping: the JDK compares with vector instructions in a routine that the
 * JVM does not guard, so a page that cannot be brought in would end the process. The first piece is
 * small, since bytes that differ mostly do so early.
 */
final class ByteComparison {
  private static final int FIRST_BYTES = 64;
  private static final int PIECE_BYTES = 4096;

  private ByteComparison() {}

  /** Whether the file holds what remains in a buffer, whose position stays. */
  static boolean matches(DataFile file, long offset, ByteBuffer expected) {
    ByteBuffer piece = IoVector.scratchOfThisThread(PIECE_BYTES);
    int start = expected.position();
    int limit = expected.limit();
    try {
      int at = start;
      while (at < limit) {
        int length = Math.min(limit - at, at == start ? FIRST_BYTES : PIECE_BYTES);
        file.read(offset + at - start, piece.clear().limit(length));
        expected.limit(at + length).position(at);
        if (!piece.flip().equals(expected)) {
          return false;
        }
        at += length;
      }
      return true;
    } finally {
      expected.limit(limit).position(start);
      piece.clear();
    }
  }
}
