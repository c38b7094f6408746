// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be compared through mounts, and how much of it.
 *
 * @param image the large file of the lower layer; 1 MiB or more
 * @param drivers names of the drivers, in the order of the results; empty for all that this machine
 *     can mount
 * @param workloads names of the workloads, in order; empty for all
 * @param containers containers that write to the large file, 1 or more
 * @param writesPerContainer places that each of them writes to, 1 or more
 * @param manyFiles small files in the lower layer, 10 or more
 * @param startContainers containers that are started and removed together, 1 or more
 * @param depths numbers of layers at which files are opened
 * @param seed gives places and bytes
 * @param scratchFolder where everything is made, in a new folder that is removed at the end
 */
public record MountedOptions(
    Path image,
    List<String> drivers,
    List<String> workloads,
    int containers,
    int writesPerContainer,
    int manyFiles,
    int startContainers,
    List<Integer> depths,
    long seed,
    Path scratchFolder) {

  private static final int MANY_FILES = 2_000;
  private static final int START_CONTAINERS = 100;
  private static final List<Integer> DEPTHS = List.of(1, 16, 64, 127);

  /**
   * The full run.
   *
   * @param image the large file
   * @param scratchFolder where everything is made
   * @return the options
   */
  public static MountedOptions of(Path image, Path scratchFolder) {
    return new MountedOptions(
        image, List.of(), List.of(), 4, 50, MANY_FILES, START_CONTAINERS, DEPTHS, 1, scratchFolder);
  }

  /**
   * The same with other drivers and workloads.
   *
   * @param newDrivers names, or none for all
   * @param newWorkloads names, or none for all
   * @return the new options
   */
  public MountedOptions choosing(List<String> newDrivers, List<String> newWorkloads) {
    return new MountedOptions(
        image,
        List.copyOf(newDrivers),
        List.copyOf(newWorkloads),
        containers,
        writesPerContainer,
        manyFiles,
        startContainers,
        depths,
        seed,
        scratchFolder);
  }

  /**
   * The same with more or less to do on the large file, and other places and bytes.
   *
   * @param newContainers containers that write to it
   * @param newWritesPerContainer places that each writes to
   * @param newSeed gives places and bytes
   * @return the new options
   */
  public MountedOptions withLoad(int newContainers, int newWritesPerContainer, long newSeed) {
    return new MountedOptions(
        image,
        drivers,
        workloads,
        newContainers,
        newWritesPerContainer,
        manyFiles,
        startContainers,
        depths,
        newSeed,
        scratchFolder);
  }
}
