// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.VolumeLabels;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.snapshot.SnapshotDriver;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the thin driver. */
public final class ThinDriver {
  /** The driver's name. */
  public static final String NAME = "thin";

  /**
   * The label that asks for the size of a new snapshot's volume: decimal digits, bytes. Not smaller
   * than its parent's volume.
   */
  public static final String SIZE_LABEL = VolumeLabels.SIZE;

  private ThinDriver() {}

  /**
   * Makes a driver of an open pool, whose volumes are empty and are read and written without a
   * mount.
   *
   * @param pool the pool, which belongs to the driver from now on and is closed with it; devices in
   *     it that are no snapshots are left alone and not shown
   * @param baseSizeBytes size of a volume that has no parent, 1 MiB to 16 TiB
   * @return the open driver
   */
  public static StorageDriver open(ThinPool pool, long baseSizeBytes) {
    return new SnapshotDriver(new ThinStore(pool, baseSizeBytes), Clock.systemUTC());
  }

  /**
   * Makes a driver of an open pool that others use too.
   *
   * @param pool the pool, which stays the caller's and is closed after the driver
   * @param baseSizeBytes as in {@link #open}
   * @return the open driver
   */
  public static StorageDriver share(ThinPool pool, long baseSizeBytes) {
    ThinStore store = new ThinStore(pool, labels -> FirstVolume.empty(baseSizeBytes), () -> {});
    return new SnapshotDriver(store, Clock.systemUTC());
  }

  /**
   * Makes a driver of an open pool, whose volumes hold a file system and are mounted through block
   * device paths. Needs root for all that mounts.
   *
   * @param pool the pool, which stays the caller's and must stay open until the driver is closed;
   *     devices in it that are no snapshots are left alone and not shown
   * @param attachments gives the block device paths; stay the caller's
   * @param options the volumes of layers that have no parent
   * @param folder where volumes are mounted, and where mkfs works; made when it is needed
   * @return the open driver
   */
  public static StorageDriver openMounted(
      ThinPool pool, Attachments attachments, VolumeOptions options, Path folder) {
    ThinStore records = new ThinStore(pool, new BaseVolumes(pool, options, folder)::of, () -> {});
    MountedVolumes volumes =
        new MountedVolumes(pool, attachments, options, folder.resolve("mounts"));
    return new SnapshotDriver(new VolumeStore(records, pool, volumes), Clock.systemUTC());
  }
}
