// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bodies on plain folders, which needs no root. */
class DriverWorkloadsTest {
  @TempDir Path folder;

  @BeforeEach
  void keepFilesInTheTemporaryFolder() {
    System.setProperty(BenchmarkFolder.WHERE, folder.toString());
  }

  @AfterEach
  void forgetTheTemporaryFolder() {
    System.clearProperty(BenchmarkFolder.WHERE);
  }

  @Test
  void doTheirWorkOnPlainFolders() throws IOException {
    new DriverBodies("plain").runAll();
  }
}
