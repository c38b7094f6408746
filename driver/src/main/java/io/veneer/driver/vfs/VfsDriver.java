// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.host.TreeCopy;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.LayerStore;
import io.veneer.driver.layer.WholeTrees;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.nio.file.Path;
import java.time.Clock;

/** Opens the vfs driver, whose layers are full copies of their parents'. */
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
    WholeTrees layout = new WholeTrees(folder, (from, to) -> counter.add(TreeCopy.copy(from, to)));
    return new SnapshotDriver(LayerStore.open(NAME, folder, layout, counter), Clock.systemUTC());
  }
}
