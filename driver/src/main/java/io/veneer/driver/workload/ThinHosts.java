// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Opens the thin driver over a pool and attachments of its own. Stateless; any thread. */
final class ThinHosts {
  /** Sparse: room for every container to write its volume full costs nothing. */
  private static final int POOL_VOLUMES = 8;

  private ThinHosts() {}

  static LayerHost open(Path folder, long volumeBytes) {
    HostMounts.checkCanMount("ext4");
    Path files = folder.resolve("pool");
    ThinPool.create(files, PoolOptions.ofSize(POOL_VOLUMES * volumeBytes));
    ThinPool pool = ThinPool.open(files);
    try {
      Attachments attachments = Attachments.open(pool, folder.resolve("run"));
      StorageDriver driver =
          ThinDriver.openMounted(
              pool, attachments, VolumeOptions.ext4(volumeBytes), folder.resolve("volumes"));
      return new DriverHost(
          ThinDriver.NAME,
          driver,
          DriverHost.Room.of(files),
          () -> OptionalLong.of(pool.statistics().copiedBytes()),
          () -> {
            attachments.close();
            pool.close();
          });
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }
}
