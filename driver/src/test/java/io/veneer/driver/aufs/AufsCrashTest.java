// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.aufs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.DriverCrashContract;
import java.nio.file.Path;

class AufsCrashTest extends DriverCrashContract {
  @Override
  protected StorageDriver open(Path folder) {
    return AufsDriver.open(folder);
  }
}
