// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import java.nio.file.Path;

class VfsMountedIT extends MountedDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return VfsDriver.open(folder);
  }
}
