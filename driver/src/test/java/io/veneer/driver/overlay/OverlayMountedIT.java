// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay;

import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import java.nio.file.Path;

class OverlayMountedIT extends MountedDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return OverlayDriver.open(folder);
  }
}
