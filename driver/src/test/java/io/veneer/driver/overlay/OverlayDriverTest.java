// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import java.nio.file.Path;

class OverlayDriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return OverlayDriver.open(folder);
  }
}
