// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Which data blocks are known to have room on the host's disk: one bit per block, in chunks made
 * when a bit in them is first set. A block that is not known may have room all the same; nothing is
 * remembered from one opening to the next.
 *
 * <p>Any thread may call; a lookup takes no lock and leaves no garbage.
 */
final class RoomMap {
  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK_WORDS = 1 << (CHUNK_SHIFT - 6);
  private static final long[][] NONE = {};
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private volatile long[][] chunks = NONE;

  boolean has(long block) {
    long[][] present = chunks;
    int index = (int) (block >>> CHUNK_SHIFT);
    if (index >= present.length || present[index] == null) {
      return false;
    }
    long word = (long) WORD.getAcquire(present[index], wordIn(block));
    return (word & bitOf(block)) != 0;
  }

  void add(long block) {
    WORD.getAndBitwiseOr(chunkFor((int) (block >>> CHUNK_SHIFT)), wordIn(block), bitOf(block));
  }

  void remove(long block) {
    int index = (int) (block >>> CHUNK_SHIFT);
    long[][] present = chunks;
    if (index < present.length && present[index] != null) {
      WORD.getAndBitwiseAnd(present[index], wordIn(block), ~bitOf(block));
    }
  }

  /** Forgets a block and all behind it. */
  void removeFrom(long block) {
    long[][] present = chunks;
    long end = (long) present.length << CHUNK_SHIFT;
    for (long each = block; each < end; each++) {
      if (present[(int) (each >>> CHUNK_SHIFT)] == null) {
        each |= (1L << CHUNK_SHIFT) - 1;
      } else {
        remove(each);
      }
    }
  }

  private long[] chunkFor(int index) {
    long[][] present = chunks;
    return index < present.length && present[index] != null ? present[index] : makeChunk(index);
  }

  private synchronized long[] makeChunk(int index) {
    long[][] grown = Arrays.copyOf(chunks, Math.max(chunks.length, index + 1));
    if (grown[index] == null) {
      grown[index] = new long[CHUNK_WORDS];
      chunks = grown;
    }
    return grown[index];
  }

  private static int wordIn(long block) {
    return (int) (block >>> 6) & (CHUNK_WORDS - 1);
  }

  private static long bitOf(long block) {
    return 1L << block;
  }
}
