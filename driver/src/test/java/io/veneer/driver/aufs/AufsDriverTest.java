// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.aufs;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.StorageDriverContract;
import java.nio.file.Path;

class AufsDriverTest extends StorageDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return AufsDriver.open(folder);
  }
}
