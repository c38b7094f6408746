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

  /** Blocks of a snapshot, shared ones included; 0 if it has gone meanwhile. */
  long virtualBytes(String key) {
    try {
      return pool.device(key).mappedBytes();
    } catch (NoSuchDeviceException e) {
      return 0;
    }
  }

  /** Blocks that a snapshot provisioned itself; 0 if it has gone meanwhile. */
  long ownBytes(String key) {
    try {
      DeviceInfo device = pool.device(key);
      return device.ownBytes();
    } catch (NoSuchDeviceException e) {
      return 0;
    }
  }

  /** What removing snapshots gives back. */
  long exclusiveBytes(Set<String> keys) {
    return pool.usage(keys).exclusiveBytes();
  }
}
