// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one device of a {@link PoolModel} holds, in words of 8 bytes, and for each sector of 512
 * bytes what it held since it was last durable, any of which a crash may bring back.
 */
final class ModelContent {
  static final int WORDS_MAX = 1 << 18;
  static final int SECTOR_WORDS = 512 / Long.BYTES;

  private final long[] words;
  private final Map<Integer, List<long[]>> earlier = new HashMap<>();

  private ModelContent(long[] words) {
    this.words = words;
  }

  /** A new device with what lies in a raw file, or nothing. */
  static ModelContent of(long[] origin) {
    return new ModelContent(Arrays.copyOf(origin, WORDS_MAX));
  }

  /** A new device with what this one holds. */
  ModelContent snapshot() {
    return new ModelContent(words.clone());
  }

  /** What a write of a number puts where, so that each word tells its place; 0 puts zeroes. */
  static long stamp(int write, int word) {
    return write == 0 ? 0 : (long) write << 20 | word;
  }

  long word(int index) {
    return words[index];
  }

  /** Changes a range to stamps, or for 0 to zeroes. */
  void write(int from, int to, int write) {
    remember(from, to);
    for (int word = from; word < to; word++) {
      words[word] = stamp(write, word);
    }
  }

  private void remember(int from, int to) {
    for (int sector = from / SECTOR_WORDS; sector * SECTOR_WORDS < to; sector++) {
      int at = sector * SECTOR_WORDS;
      earlier
          .computeIfAbsent(sector, key -> new ArrayList<>())
          .add(Arrays.copyOfRange(words, at, at + SECTOR_WORDS));
    }
  }

  /** After a write of a range that failed on the way: each word may be old or new. */
  void adoptHalf(int from, int to, int write, ByteBuffer found) {
    remember(from, to);
    for (int word = from; word < to; word++) {
      long now = found.getLong(word * Long.BYTES);
      require(now == words[word] || now == stamp(write, word), word, now);
      words[word] = now;
    }
  }

  /** Every change until now is durable. */
  void durable() {
    earlier.clear();
  }

  /** Every change of a range is durable. */
  void durable(int from, int to) {
    for (int sector = from / SECTOR_WORDS; sector * SECTOR_WORDS < to; sector++) {
      earlier.remove(sector);
    }
  }

  /** Fails unless what was read is what is there. */
  void requireNow(int from, ByteBuffer read) {
    for (int i = 0; i * Long.BYTES < read.limit(); i++) {
      long found = read.getLong(i * Long.BYTES);
      require(found == words[from + i], from + i, found);
    }
  }

  boolean isZero(int from, int to) {
    return Arrays.stream(words, from, to).allMatch(word -> word == 0);
  }

  boolean isSame(int from, int to, long[] other) {
    return Arrays.equals(words, from, to, Arrays.copyOf(other, WORDS_MAX), from, to);
  }

  boolean isSame(int from, int to, ModelContent other) {
    return Arrays.equals(words, from, to, other.words, from, to);
  }

  /** The first word that no crash may leave, or -1. */
  int firstIllegal(ByteBuffer content) {
    for (int at = 0; at * Long.BYTES < content.limit(); at += SECTOR_WORDS) {
      long[] found = new long[SECTOR_WORDS];
      content.slice(at * Long.BYTES, SECTOR_WORDS * Long.BYTES).asLongBuffer().get(found);
      if (!isLegal(at, found)) {
        return at;
      }
    }
    return -1;
  }

  private boolean isLegal(int at, long[] found) {
    return Arrays.equals(words, at, at + SECTOR_WORDS, found, 0, SECTOR_WORDS)
        || earlier.getOrDefault(at / SECTOR_WORDS, List.of()).stream()
            .anyMatch(version -> Arrays.equals(version, found));
  }

  /** Takes over what a crash left, which is durable. */
  void adopt(ByteBuffer content) {
    content.asLongBuffer().get(words, 0, content.limit() / Long.BYTES);
    Arrays.fill(words, content.limit() / Long.BYTES, WORDS_MAX, 0);
    durable();
  }

  private static void require(boolean holds, int word, long found) {
    if (!holds) {
      throw new IllegalStateException(
          "wrong content: offset="
              + (long) word * Long.BYTES
              + " found="
              + Long.toHexString(found));
    }
  }
}
