// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.reflink;

import io.veneer.driver.ImageFileSystem;
import io.veneer.driver.MemoryFolder;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.layer.DriverCrashContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ReflinkCrashIT extends DriverCrashContract {
  @TempDir(factory = MemoryFolder.class)
  static Path scratch;

  private static ImageFileSystem fileSystem;

  @BeforeAll
  static void makeFileSystem() throws Exception {
    fileSystem = ImageFileSystem.make(scratch, "mkfs.xfs", "-q", "-m", "reflink=1");
  }

  @AfterAll
  static void closeFileSystem() throws IOException {
    if (fileSystem != null) {
      fileSystem.close();
    }
  }

  @BeforeEach
  void putOnIt() throws IOException {
    fileSystem.putOn(folder);
  }

  @AfterEach
  void unmount() throws IOException {
    HostMounts.unmount(folder);
  }

  @Override
  protected StorageDriver open(Path folder) {
    return ReflinkDriver.open(folder);
  }
}
