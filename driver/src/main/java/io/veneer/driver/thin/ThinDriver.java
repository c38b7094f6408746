// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.snapshot.SnapshotDriver;
import io.veneer.thinpool.pool.ThinPool;
import java.time.Clock;

/** Opens the thin driver. */
public final class ThinDriver {
  /** The driver's name. */
  public static final String NAME = "thin";

  private ThinDriver() {}

  /**
   * Makes a driver of an open pool.
   *
   * @param pool the pool, which belongs to the driver from now on and is closed with it; devices in
   *     it that are no snapshots are left alone and not shown
   * @param baseSizeBytes size of a volume that has no parent, 1 MiB to 16 TiB
   * @return the open driver
   */
  public static StorageDriver open(ThinPool pool, long baseSizeBytes) {
    return new SnapshotDriver(new ThinStore(pool, baseSizeBytes), Clock.systemUTC());
  }
}
