// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Files;
import java.nio.file.Path;

class ThinDriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    Path poolFolder = folder.resolve("pool");
    if (!Files.exists(poolFolder)) {
      ThinPool.create(poolFolder, PoolOptions.ofSize(256L << 20));
    }
    return ThinDriver.open(ThinPool.open(poolFolder), CONTENT_BYTES);
  }
}
