// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import java.nio.file.Path;

class Overlay2MountedIT extends MountedDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return Overlay2Driver.open(folder);
  }
}
