// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The thin driver with one kind of file system, through the kernel's mounts of it. */
abstract class ThinMountedContract extends MountedDriverContract {
  /** Beside the driver's folder: what is attached may stay for as long as it is in use. */
  @TempDir private Path runFolder;

  private ThinPool pool;
  private Attachments attachments;

  /** What the volumes are like. */
  abstract VolumeOptions options();

  @Override
  protected StorageDriver open(Path folder) {
    closePool();
    Path poolFolder = folder.resolve("pool");
    if (!Files.exists(poolFolder)) {
      ThinPool.create(poolFolder, PoolOptions.ofSize(8L << 30));
    }
    pool = ThinPool.open(poolFolder);
    attachments = Attachments.open(pool, runFolder);
    return ThinDriver.openMounted(pool, attachments, options(), folder.resolve("volumes"));
  }

  @AfterEach
  void closeDriverThenPool() {
    if (driver() != null) {
      driver().close();
    }
    closePool();
  }

  private void closePool() {
    if (pool != null) {
      List<?> left = attachments.list();
      attachments.close();
      pool.close();
      pool = null;
      assertEquals(List.of(), left, "attached when the driver was closed");
    }
  }

  final ThinPool pool() {
    return pool;
  }
}
