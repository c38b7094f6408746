// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.compare.ImageInfo;
import io.veneer.driver.compare.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Runs workloads on every driver that this machine can mount, and beside them on what is no driver:
 * copied disk images and plain folders.
 *
 * <p>Needs root. A small round that is not counted goes first, so that nobody pays for loading
 * classes. Whatever happens, everything that was mounted is unmounted and the scratch folder
 * removed. One run at a time on one thread; an interrupt of that thread ends it with CANCELLED.
 */
public final class MountedComparison {
  private static final Map<String, BiFunction<BaseLayers, PageCache, Workload>> WORKLOADS =
      workloads();
  private static final long VOLUME_SPARE_BYTES = 2L << 30;
  private static final long WARM_UP_IMAGE_BYTES = 8L << 20;
  private static final int WARM_UP_FILES = 50;
  private static final int WARM_UP_CONTAINERS = 2;
  private static final WorkloadProgress QUIET = (what, driver) -> {};

  private final MountedOptions options;
  private final WorkloadProgress progress;

  /**
   * Makes a comparison.
   *
   * @param options what and how
   * @param progress hears what is being done
   */
  public MountedComparison(MountedOptions options, WorkloadProgress progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * The workloads there are.
   *
   * @return names, in the order in which they run
   */
  public static List<String> workloadNames() {
    return List.copyOf(WORKLOADS.keySet());
  }

  /**
   * The drivers there are, whether or not this machine can mount them.
   *
   * @return names, in the order in which they are shown
   */
  public static List<String> driverNames() {
    return List.of(HostOpening.values()).stream().map(HostOpening::hostName).toList();
  }

  private static Map<String, BiFunction<BaseLayers, PageCache, Workload>> workloads() {
    Map<String, BiFunction<BaseLayers, PageCache, Workload>> all = new LinkedHashMap<>();
    all.put(LargeFile.NAME, LargeFile::new);
    all.put(CommitAppend.NAME, (layers, cache) -> new CommitAppend(layers));
    all.put(ManyFiles.NAME, (layers, cache) -> new ManyFiles(layers));
    all.put(StartContainers.NAME, (layers, cache) -> new StartContainers(layers));
    all.put(DeepLayers.NAME, DeepLayers::new);
    all.put(Removal.NAME, (layers, cache) -> new Removal(layers));
    return all;
  }

  /**
   * Runs it.
   *
   * @return what was found
   * @throws DriverException NOT_FOUND for a driver or workload that is none; FAILED_PRECONDITION
   *     for a driver asked for that cannot be mounted here; RESOURCE_EXHAUSTED; CANCELLED;
   *     DATA_LOSS if a container did not hold what was written; or what a driver failed with
   */
  public MountedResult run() {
    requireKnown("driver", options.drivers(), driverNames());
    requireKnown("workload", options.workloads(), workloadNames());
    try {
      LargeFile.plan(options); // before the long work
      return measureIn(options.scratchFolder());
    } catch (IOException e) {
      throw DriverException.io("cannot compare", e);
    }
  }

  private MountedResult measureIn(Path folder) throws IOException {
    try (Scratch scratch = Scratch.in(folder)) {
      warmUp(scratch);
      return measure(scratch);
    }
  }

  private void warmUp(Scratch scratch) throws IOException {
    Path image = scratch.folder().resolve("small-image");
    try (var in = Files.newInputStream(options.image())) {
      Files.write(image, in.readNBytes((int) WARM_UP_IMAGE_BYTES));
    }
    MountedOptions small =
        new MountedOptions(
            image,
            options.drivers(),
            options.workloads(),
            1,
            WARM_UP_CONTAINERS,
            WARM_UP_FILES,
            WARM_UP_CONTAINERS,
            List.of(1, 2),
            options.seed(),
            options.scratchFolder());
    progress.doing("warming up", "");
    try (LayerHosts hosts = open(scratch, "warm-up", small)) {
      run(new Stage(hosts.hosts(), small, new Ledger(), QUIET, scratch::checkWanted));
    }
  }

  private MountedResult measure(Scratch scratch) throws IOException {
    Ledger ledger = new Ledger();
    try (LayerHosts hosts = open(scratch, "run", options)) {
      run(new Stage(hosts.hosts(), options, ledger, progress, scratch::checkWanted));
      return new MountedResult(
          new ImageInfo(options.image().toString(), Files.size(options.image())),
          hosts.names(),
          hosts.absent(),
          ledger.measurements());
    }
  }

  private static LayerHosts open(Scratch scratch, String name, MountedOptions what)
      throws IOException {
    Path folder = Files.createDirectory(scratch.folder().resolve(name));
    long imageBytes = Files.size(what.image());
    long volumeBytes = imageBytes * (what.containers() + 3L) + VOLUME_SPARE_BYTES;
    return LayerHosts.open(what.drivers(), folder, new HostOpening.Sizes(volumeBytes));
  }

  private static void run(Stage stage) {
    List<String> wanted = stage.options().workloads();
    BaseLayers layers = new BaseLayers(stage);
    PageCache cache = new PageCache();
    WORKLOADS.forEach(
        (name, maker) -> {
          if (wanted.isEmpty() || wanted.contains(name)) {
            maker.apply(layers, cache).run(stage);
          }
        });
  }

  private static void requireKnown(String kind, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw new DriverException(
            Kind.NOT_FOUND,
            "no such " + kind + " name=" + name + " known=" + String.join(",", known));
      }
    }
  }
}
