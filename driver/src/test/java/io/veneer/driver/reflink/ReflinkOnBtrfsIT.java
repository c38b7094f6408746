// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.reflink;

import io.veneer.driver.ImageFileSystem;
import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import io.veneer.thinpool.Alone;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

@Alone
class ReflinkOnBtrfsIT extends MountedDriverContract {
  @TempDir static Path scratch;

  private static ImageFileSystem fileSystem;

  @BeforeAll
  static void makeFileSystem() throws Exception {
    fileSystem = ImageFileSystem.make(scratch, "mkfs.btrfs", "-q");
  }

  @AfterAll
  static void closeFileSystem() throws IOException {
    if (fileSystem != null) {
      fileSystem.close();
    }
  }

  @Override
  protected StorageDriver open(Path folder) throws IOException {
    fileSystem.putOn(folder);
    return ReflinkDriver.open(folder);
  }
}
