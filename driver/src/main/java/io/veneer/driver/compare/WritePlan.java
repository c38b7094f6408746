// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Where every container writes, and what: the same for every driver, from the seed alone. A
 * container's places are all different; its two passes go to the same places with different bytes.
 * Cannot be changed; any thread.
 */
public final class WritePlan {
  /** The passes over a container's places. */
  public static final int PASSES = 2;

  private final long seed;
  private final int writeBytes;
  private final long[][] offsets;

  private WritePlan(long seed, int writeBytes, long[][] offsets) {
    this.seed = seed;
    this.writeBytes = writeBytes;
    this.offsets = offsets;
  }

  /**
   * Chooses places.
   *
   * @param seed gives the places and the bytes
   * @param containers how many write, 1 or more
   * @param writesPerContainer places of each, no more than the image has
   * @param writeBytes length of a write; places are multiples of it
   * @param imageBytes size of what is written to
   * @return the plan
   * @throws DriverException if the image has not as many places
   */
  public static WritePlan of(
      long seed, int containers, int writesPerContainer, int writeBytes, long imageBytes) {
    long[][] offsets = new long[containers][];
    long places = imageBytes / writeBytes;
    if (writesPerContainer > places) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image is too small for so many writes; make fewer, or take a larger image: writes="
              + writesPerContainer
              + " places="
              + places);
    }
    for (int container = 0; container < containers; container++) {
      offsets[container] =
          random(seed, container, 0, 0)
              .longs(0, places)
              .distinct()
              .limit(writesPerContainer)
              .map(place -> place * writeBytes)
              .toArray();
    }
    return new WritePlan(seed, writeBytes, offsets);
  }

  /**
   * Who writes.
   *
   * @return number of containers
   */
  public int containers() {
    return offsets.length;
  }

  /**
   * How many places each container has.
   *
   * @return number of writes in a pass
   */
  public int writesPerContainer() {
    return offsets[0].length;
  }

  /**
   * Where a write goes.
   *
   * @param container whose, from 0
   * @param write which of a pass, from 0
   * @return offset in bytes
   */
  public long offset(int container, int write) {
    return offsets[container][write];
  }

  /**
   * Fills a buffer with what one write writes.
   *
   * @param buffer of the length of a write; ready to be read from afterwards
   * @param container whose, from 0
   * @param pass which pass, from 0
   * @param write which of the pass, from 0
   */
  public void fill(ByteBuffer buffer, int container, int pass, int write) {
    byte[] bytes = new byte[writeBytes];
    random(seed, container, pass + 1, write).nextBytes(bytes);
    buffer.clear().put(bytes).flip();
  }

  /**
   * How long a write is.
   *
   * @return bytes
   */
  public int writeBytes() {
    return writeBytes;
  }

  /**
   * Numbers of different containers, passes and writes give streams that have nothing in common.
   */
  private static SplittableRandom random(long seed, int container, int pass, int write) {
    long number = ((long) container * (PASSES + 1) + pass) << Integer.SIZE | write;
    return new SplittableRandom(
        new SplittableRandom(seed).nextLong() ^ number * 0x9E37_79B9_7F4A_7C15L);
  }
}
