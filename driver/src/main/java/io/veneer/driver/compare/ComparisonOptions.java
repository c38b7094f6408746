// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be compared, and how.
 *
 * @param image the file to put into the base layer; 1 MiB or more
 * @param drivers names of the drivers, in the order of the results
 * @param containers containers of each driver, 1 or more
 * @param writesPerContainer places that each container writes to, 1 or more
 * @param writeBytes length of a write; places are multiples of it
 * @param seed gives the places and the bytes
 * @param flushPolicy when writes are forced
 * @param scratchFolder where the drivers work, in a new folder that is removed at the end
 */
public record ComparisonOptions(
    Path image,
    List<String> drivers,
    int containers,
    int writesPerContainer,
    int writeBytes,
    long seed,
    FlushPolicy flushPolicy,
    Path scratchFolder) {

  /** Containers where no number is asked for. */
  public static final int DEFAULT_CONTAINERS = 4;

  /** Writes of a container where no number is asked for. */
  public static final int DEFAULT_WRITES_PER_CONTAINER = 100;

  /** Length of a write: a page, as most programs write. */
  public static final int DEFAULT_WRITE_BYTES = 4096;

  /** The seed where none is asked for, so that runs are alike. */
  public static final long DEFAULT_SEED = 1;

  /**
   * The usual options: every driver that works there, and a write counts when it is durable.
   *
   * @param image the file to put into the base layer
   * @param scratchFolder where the drivers work
   * @return the options
   */
  public static ComparisonOptions of(Path image, Path scratchFolder) {
    return new ComparisonOptions(
        image,
        DriverCatalog.standard().namesIn(scratchFolder),
        DEFAULT_CONTAINERS,
        DEFAULT_WRITES_PER_CONTAINER,
        DEFAULT_WRITE_BYTES,
        DEFAULT_SEED,
        FlushPolicy.EACH_WRITE,
        scratchFolder);
  }

  /**
   * The same options with other drivers.
   *
   * @param names names of the drivers
   * @return the new options
   */
  public ComparisonOptions withDrivers(List<String> names) {
    return new ComparisonOptions(
        image,
        List.copyOf(names),
        containers,
        writesPerContainer,
        writeBytes,
        seed,
        flushPolicy,
        scratchFolder);
  }

  /**
   * The same options with more or less to do.
   *
   * @param newContainers containers of each driver
   * @param newWritesPerContainer places that each container writes to
   * @return the new options
   */
  public ComparisonOptions withLoad(int newContainers, int newWritesPerContainer) {
    return new ComparisonOptions(
        image,
        drivers,
        newContainers,
        newWritesPerContainer,
        writeBytes,
        seed,
        flushPolicy,
        scratchFolder);
  }

  /**
   * The same options with other places and bytes.
   *
   * @param newSeed the seed
   * @return the new options
   */
  public ComparisonOptions withSeed(long newSeed) {
    return new ComparisonOptions(
        image,
        drivers,
        containers,
        writesPerContainer,
        writeBytes,
        newSeed,
        flushPolicy,
        scratchFolder);
  }

  /**
   * The same options with writes forced at other times.
   *
   * @param policy when
   * @return the new options
   */
  public ComparisonOptions withFlushPolicy(FlushPolicy policy) {
    return new ComparisonOptions(
        image, drivers, containers, writesPerContainer, writeBytes, seed, policy, scratchFolder);
  }

  /** The same options on another image in another folder. */
  ComparisonOptions on(Path otherImage, Path otherScratchFolder) {
    return new ComparisonOptions(
        otherImage,
        drivers,
        containers,
        writesPerContainer,
        writeBytes,
        seed,
        flushPolicy,
        otherScratchFolder);
  }
}
