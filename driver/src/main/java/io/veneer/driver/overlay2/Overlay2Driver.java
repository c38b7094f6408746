// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.LayerStore;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the overlay2 driver. */
public final class Overlay2Driver {
  /** The driver's name. */
  public static final String NAME = "overlay2";

  private Overlay2Driver() {}

  /**
   * Opens the driver in a folder.
   *
   * @param folder where it keeps everything; made if it is missing
   * @return the open driver
   */
  public static StorageDriver open(Path folder) {
    LayerStore store = LayerStore.open(NAME, folder, new Overlay2Layout(folder), new CopyCounter());
    return new SnapshotDriver(store, Clock.systemUTC());
  }
}
