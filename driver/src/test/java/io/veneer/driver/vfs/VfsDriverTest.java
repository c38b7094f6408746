// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import java.nio.file.Path;

class VfsDriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return VfsDriver.open(folder);
  }
}
