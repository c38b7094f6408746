// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.LayerStore;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the vfs driver. */
public final class VfsDriver {
  /** The driver's name. */
  public static final String NAME = "vfs";

  private VfsDriver() {}

  /**
   * Opens the driver in a folder.
   *
   * @param folder where it keeps everything; made if it is missing
   * @return the open driver
   */
  public static StorageDriver open(Path folder) {
    CopyCounter counter = new CopyCounter();
    LayerStore store = LayerStore.open(NAME, folder, new VfsLayout(folder, counter), counter);
    return new SnapshotDriver(store, Clock.systemUTC());
  }
}
