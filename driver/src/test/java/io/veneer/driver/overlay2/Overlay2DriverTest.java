// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import java.nio.file.Path;

class Overlay2DriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return Overlay2Driver.open(folder);
  }
}
