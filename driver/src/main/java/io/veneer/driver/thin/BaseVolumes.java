// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The base volumes of a pool, one for each way in which layers begin. Any thread. */
final class BaseVolumes {
  private final ThinPool pool;
  private final VolumeOptions options;
  private final Path scratchFolder;
  private final Map<VolumeOptions, BaseVolume> volumes = new ConcurrentHashMap<>();

  BaseVolumes(ThinPool pool, VolumeOptions options, Path scratchFolder) {
    this.pool = pool;
    this.options = options;
    this.scratchFolder = scratchFolder;
  }

  /** What a layer with these labels, and no parent, begins as. */
  BaseVolume of(Map<String, String> labels) {
    return volumes.computeIfAbsent(
        options.with(labels), wanted -> new BaseVolume(pool, wanted, scratchFolder));
  }
}
