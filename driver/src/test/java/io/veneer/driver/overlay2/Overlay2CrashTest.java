// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.DriverCrashContract;
import java.nio.file.Path;

class Overlay2CrashTest extends DriverCrashContract {
  @Override
  protected StorageDriver open(Path folder) {
    return Overlay2Driver.open(folder);
  }
}
