// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.aufs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.LayerStore;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the aufs driver. */
public final class AufsDriver {
  /** The driver's name. */
  public static final String NAME = "aufs";

  private AufsDriver() {}

  /**
   * Opens the driver in a folder.
   *
   * @param folder where it keeps everything; made if it is missing
   * @return the open driver
   */
  public static StorageDriver open(Path folder) {
    LayerStore store = LayerStore.open(NAME, folder, new AufsLayout(folder), new CopyCounter());
    return new SnapshotDriver(store, Clock.systemUTC());
  }
}
