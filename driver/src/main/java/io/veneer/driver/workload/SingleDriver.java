// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One driver through its real mount, with the layers that the workloads stand on, for those who
 * measure each step by themselves. The names are those of {@link MountedComparison#driverNames}.
 *
 * <p>Needs root for all but {@code plain}. One thread, which closes it, with every {@link
 * Container} of it closed before.
 */
public final class SingleDriver implements AutoCloseable {
  private static final long VOLUME_SPARE_BYTES = 2L << 30;

  /** How many whole copies of the image a volume has room for. */
  private static final int VOLUME_IMAGES = 4;

  private final LayerHosts hosts;
  private final LayerHost host;
  private final BaseLayers layers;
  private final long imageBytes;
  private int containers;

  private SingleDriver(LayerHosts hosts, MountedOptions options, long imageBytes) {
    this.hosts = hosts;
    this.host = hosts.hosts().get(0);
    this.imageBytes = imageBytes;
    this.layers =
        new BaseLayers(
            new Stage(hosts.hosts(), options, new Ledger(), (what, driver) -> {}, () -> {}));
  }

  /**
   * Opens a driver, and makes a layer with a large file and one with many small ones.
   *
   * @param name the driver
   * @param folder an empty folder for all that it keeps
   * @param image what is in the large file; 1 MiB or more
   * @param files how many small files; 10 or more
   * @return the driver, ready for containers
   * @throws DriverException NOT_FOUND if there is no such driver; FAILED_PRECONDITION with the
   *     reason if this machine cannot mount it
   */
  public static SingleDriver open(String name, Path folder, Path image, int files) {
    if (!MountedComparison.driverNames().contains(name)) {
      throw new DriverException(
          Kind.NOT_FOUND,
          "no such driver name="
              + name
              + " known="
              + String.join(",", MountedComparison.driverNames()));
    }
    try {
      long imageBytes = Files.size(image);
      MountedOptions options =
          new MountedOptions(
              image, List.of(name), List.of(), 1, 1, files, 1, List.of(1), 1, folder);
      HostOpening.Sizes sizes =
          new HostOpening.Sizes(VOLUME_IMAGES * imageBytes + VOLUME_SPARE_BYTES);
      return ready(LayerHosts.open(List.of(name), folder, sizes), options, imageBytes);
    } catch (IOException e) {
      throw DriverException.io("cannot read image=" + image, e);
    }
  }

  private static SingleDriver ready(LayerHosts hosts, MountedOptions options, long imageBytes) {
    try {
      SingleDriver driver = new SingleDriver(hosts, options, imageBytes);
      driver.layers.makeLarge();
      driver.layers.makeMany();
      return driver;
    } catch (RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  /**
   * Starts a container on the layer with the large file: prepares and mounts it.
   *
   * @return the container, to be closed
   * @throws IOException if the host fails
   */
  public Container start() throws IOException {
    return start(BaseLayers.LARGE);
  }

  /**
   * Starts a container on the layer with the small files.
   *
   * @return the container, to be closed
   * @throws IOException if the host fails
   */
  public Container startOnSmallFiles() throws IOException {
    return start(BaseLayers.MANY);
  }

  private Container start(String layer) throws IOException {
    String key = "single-" + containers++;
    host.prepare(key, layer);
    return new Container(host, key, imageBytes, layers.many().files() / 2);
  }

  /** Unmounts everything and ends. */
  @Override
  public void close() {
    hosts.close();
  }
}
