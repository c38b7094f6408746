// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A raw file as external origin of a model's devices: shorter than most, each word tells its place.
 */
final class ModelOrigin {
  private static final int WORDS = ModelContent.WORDS_MAX / 2 + 777;

  private final Path file;
  private final long[] words = new long[WORDS];

  ModelOrigin(Path file) throws IOException {
    this.file = file;
    ByteBuffer bytes = ByteBuffer.allocate(WORDS * Long.BYTES);
    for (int i = 0; i < WORDS; i++) {
      words[i] = -1L - i;
      bytes.putLong(words[i]);
    }
    Files.write(file, bytes.array());
  }

  String path() {
    return file.toString();
  }

  long[] words() {
    return words;
  }

  /** What a device of a size shows of it. */
  long[] words(long sizeBytes) {
    return Arrays.copyOf(words, (int) Math.min(WORDS, sizeBytes / Long.BYTES));
  }
}
