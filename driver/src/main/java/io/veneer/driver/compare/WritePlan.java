// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Where every container writes, and what: the same for every driver, from the seed alone. A
 * container's places are all different; its two passes go to the same places with different bytes.
 * Cannot be changed; any thread.
 */
final class WritePlan {
  /** The passes over a container's places. */
  static final int PASSES = 2;

  private final long seed;
  private final int writeBytes;
  private final long[][] offsets;

  WritePlan(ComparisonOptions options, long imageBytes) {
    this.seed = options.seed();
    this.writeBytes = options.writeBytes();
    this.offsets = new long[options.containers()][];
    long places = imageBytes / writeBytes;
    for (int container = 0; container < offsets.length; container++) {
      offsets[container] =
          random(container, 0, 0)
              .longs(0, places)
              .distinct()
              .limit(options.writesPerContainer())
              .map(place -> place * writeBytes)
              .toArray();
    }
  }

  int containers() {
    return offsets.length;
  }

  int writesPerContainer() {
    return offsets[0].length;
  }

  long offset(int container, int write) {
    return offsets[container][write];
  }

  /** Fills a buffer with what one write writes. */
  void fill(ByteBuffer buffer, int container, int pass, int write) {
    byte[] bytes = new byte[writeBytes];
    random(container, pass + 1, write).nextBytes(bytes);
    buffer.clear().put(bytes).flip();
  }

  int writeBytes() {
    return writeBytes;
  }

  /**
   * Numbers of different containers, passes and writes give streams that have nothing in common.
   */
  private SplittableRandom random(int container, int pass, int write) {
    long number = ((long) container * (PASSES + 1) + pass) << Integer.SIZE | write;
    return new SplittableRandom(
        new SplittableRandom(seed).nextLong() ^ number * 0x9E37_79B9_7F4A_7C15L);
  }
}
