// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.aufs.AufsDriver;
import io.veneer.driver.overlay.OverlayDriver;
import io.veneer.driver.overlay2.Overlay2Driver;
import io.veneer.driver.reflink.ReflinkDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.vfs.VfsDriver;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The drivers that can be compared, by name. Cannot be changed; any thread. */
public final class DriverCatalog {
  private static final long POOL_SPARE_BYTES = 256L << 20;

  private final Map<String, DriverFactory> factories;

  private DriverCatalog(Map<String, DriverFactory> factories) {
    this.factories = factories;
  }

  /**
   * Every driver there is.
   *
   * @return thin, overlay2, overlay, aufs, vfs, reflink, in this order
   */
  public static DriverCatalog standard() {
    Map<String, DriverFactory> factories = new LinkedHashMap<>();
    factories.put(ThinDriver.NAME, DriverCatalog::openThin);
    factories.put(Overlay2Driver.NAME, (folder, bytes, count) -> Overlay2Driver.open(folder));
    factories.put(OverlayDriver.NAME, (folder, bytes, count) -> OverlayDriver.open(folder));
    factories.put(AufsDriver.NAME, (folder, bytes, count) -> AufsDriver.open(folder));
    factories.put(VfsDriver.NAME, (folder, bytes, count) -> VfsDriver.open(folder));
    factories.put(ReflinkDriver.NAME, (folder, bytes, count) -> ReflinkDriver.open(folder));
    return new DriverCatalog(factories);
  }

  /**
   * This catalog with one more driver, or with another in the place of one.
   *
   * @param name the driver's name
   * @param factory opens it
   * @return the new catalog
   */
  public DriverCatalog with(String name, DriverFactory factory) {
    Map<String, DriverFactory> more = new LinkedHashMap<>(factories);
    more.put(name, factory);
    return new DriverCatalog(more);
  }

  /**
   * The drivers' names.
   *
   * @return in the order in which they are shown
   */
  public List<String> names() {
    return List.copyOf(factories.keySet());
  }

  /**
   * The drivers that work in a folder: all, but reflink only where the file system can share
   * blocks.
   *
   * @param folder where they would work; a small file is made there and removed
   * @return their names, in the order in which they are shown
   * @throws DriverException IO if the folder cannot be used
   */
  public List<String> namesIn(Path folder) {
    return factories.keySet().stream()
        .filter(name -> !name.equals(ReflinkDriver.NAME) || ReflinkDriver.worksIn(folder))
        .toList();
  }

  /**
   * Finds a driver.
   *
   * @param name its name
   * @return what opens it
   * @throws DriverException NOT_FOUND, with the names that there are
   */
  public DriverFactory factory(String name) {
    DriverFactory factory = factories.get(name);
    if (factory == null) {
      throw new DriverException(
          Kind.NOT_FOUND,
          "no such driver name=" + name + " known=" + String.join(",", factories.keySet()));
    }
    return factory;
  }

  /** The pool's files are sparse: room for every container to rewrite all costs nothing. */
  private static StorageDriver openThin(Path folder, long imageBytes, int containers) {
    if (!Files.exists(folder)) {
      long dataBytes = imageBytes * (containers + 1) + POOL_SPARE_BYTES;
      ThinPool.create(folder, PoolOptions.ofSize(dataBytes));
    }
    return ThinDriver.open(ThinPool.open(folder), imageBytes);
  }
}
