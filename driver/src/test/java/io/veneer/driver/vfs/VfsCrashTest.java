// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.layer.DriverCrashContract;
import java.nio.file.Path;

class VfsCrashTest extends DriverCrashContract {
  @Override
  protected StorageDriver open(Path folder) {
    return VfsDriver.open(folder);
  }
}
