// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.image.Images;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.pool.ThinPool;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * A pool with its driver and images, and what the requests look up in them. A snapshot of the thin
 * driver is the device of the same name. Any thread.
 *
 * @param pool the pool
 * @param driver its driver
 * @param images the driver's images
 */
record LayerState(ThinPool pool, StorageDriver driver, Images images) {
  /** What makes an active snapshot a container of ours; its value is the name of its image. */
  static final String CONTAINER_LABEL = "veneer.container";

  /** The containers, by name. */
  List<SnapshotInfo> containers() {
    List<SnapshotInfo> containers = new ArrayList<>();
    driver.walk(containers::add, "kind==active,labels.\"" + CONTAINER_LABEL + "\"");
    containers.sort(Comparator.comparing(SnapshotInfo::key));
    return containers;
  }

  /** Everything that the driver has. */
  List<SnapshotInfo> snapshots() {
    List<SnapshotInfo> snapshots = new ArrayList<>();
    driver.walk(snapshots::add);
    return snapshots;
  }

  /** How large the volume of a snapshot is. */
  long sizeBytes(String key) {
    return figure(key, DeviceInfo::sizeBytes);
  }

  /** Blocks of a snapshot, shared ones included. */
  long virtualBytes(String key) {
    return figure(key, DeviceInfo::mappedBytes);
  }

  /** Blocks that a snapshot provisioned itself. */
  long ownBytes(String key) {
    return figure(key, DeviceInfo::ownBytes);
  }

  /** Something of a snapshot's device; 0 if it has gone meanwhile. */
  private long figure(String key, ToLongFunction<DeviceInfo> figure) {
    try {
      return figure.applyAsLong(pool.device(key));
    } catch (NoSuchDeviceException e) {
      return 0;
    }
  }

  /** What removing snapshots gives back. */
  long exclusiveBytes(Set<String> keys) {
    return pool.usage(keys).exclusiveBytes();
  }
}
