// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class MappedDataFileTest extends DataFileContract {
  @TempDir Path folder;
  private int pools;

  @Override
  PoolFiles createFiles() {
    return HostPoolFiles.create(folder.resolve("pool-" + pools++));
  }
}
