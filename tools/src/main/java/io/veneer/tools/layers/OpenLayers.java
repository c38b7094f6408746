// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.time.Clock;

/**
 * The thin driver of a pool that is open in this process, with what answers requests about its
 * layers. There is one for a pool. Any thread; owns the driver, not the pool.
 */
public final class OpenLayers implements AutoCloseable {
  /** Where volumes are mounted, in the pool's folder. */
  private static final String VOLUMES = "volumes";

  private final StorageDriver driver;
  private final LayerService service;

  private OpenLayers(ThinPool pool, StorageDriver driver) {
    this.driver = driver;
    this.service = new LayerService(pool, driver, Clock.systemUTC());
  }

  /**
   * Layers whose files cannot be read or written here: for looking at them, and for what changes
   * whole devices only.
   *
   * @param pool the pool
   * @return the layers, to be closed before the pool
   */
  public static OpenLayers of(ThinPool pool) {
    return new OpenLayers(pool, ThinDriver.share(pool, VolumeOptions.DEFAULT_SIZE_BYTES));
  }

  /**
   * Layers with their files, which are mounted when they are needed; that takes root.
   *
   * @param pool the pool
   * @param attachments gives block device paths; stay the caller's
   * @param folder the pool's folder
   * @return the layers, to be closed before the attachments and the pool
   */
  public static OpenLayers withFiles(ThinPool pool, Attachments attachments, Path folder) {
    VolumeOptions options = VolumeOptions.ext4(VolumeOptions.DEFAULT_SIZE_BYTES);
    return new OpenLayers(
        pool, ThinDriver.openMounted(pool, attachments, options, folder.resolve(VOLUMES)));
  }

  /**
   * What answers requests.
   *
   * @return always the same
   */
  public LayerService service() {
    return service;
  }

  @Override
  public void close() {
    driver.close();
  }
}
