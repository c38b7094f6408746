// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.DriverException;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.ext4.Ext4FileSystem;
import io.veneer.driver.host.FileSystemStatus;
import io.veneer.driver.thin.Moments.Moment;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How many files and folders a snapshot has more than its parent, by the counters of both file
 * systems. Only ext4 has such counters; the others make inodes as they need them. Any thread; holds
 * up nobody who writes.
 */
final class VolumeInodes {
  /** An empty ext4 has these for itself; the root folder is among them. */
  private static final long OF_AN_EMPTY_VOLUME = 10;

  private final ThinPool pool;
  private final Moments moments;

  VolumeInodes(ThinPool pool, Moments moments) {
    this.pool = pool;
    this.moments = moments;
  }

  /**
   * Counts.
   *
   * @param shown the folder that shows the snapshot now, or empty
   * @return 0 where there are not more than in the parent
   */
  long of(SnapshotInfo info, Optional<Path> shown) {
    long own = shown.map(VolumeInodes::mounted).orElseGet(() -> unmounted(info));
    long before = info.hasParent() ? used(info.parent()) : OF_AN_EMPTY_VOLUME;
    return Math.max(0, own - before);
  }

  private static long mounted(Path folder) {
    try {
      return FileSystemStatus.of(folder).usedInodes();
    } catch (IOException e) {
      throw DriverException.io("cannot tell how many files there are folder=" + folder, e);
    }
  }

  private long unmounted(SnapshotInfo info) {
    if (info.kind() != SnapshotKind.ACTIVE) {
      return used(info.key());
    }
    try (Moment moment = moments.unprepared(info.key())) {
      return used(moment.device());
    }
  }

  private long used(String name) {
    try (BlockDevice device = translated(() -> pool.openDeviceReadOnly(name))) {
      return translated(() -> Ext4FileSystem.open(device).usedInodes());
    }
  }
}
