// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.host.HostNodes;
import io.veneer.driver.workload.MountedComparison;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bodies on every driver, through its real mount. Needs root. */
class DriverWorkloadsIT {
  @TempDir Path folder;

  @BeforeEach
  void keepFilesInTheTemporaryFolder() {
    Requirement.skipUnless(HostNodes.isRoot(), "mounting needs root");
    System.setProperty(BenchmarkFolder.WHERE, folder.toString());
  }

  @AfterEach
  void nothingIsLeftMounted() throws IOException {
    System.clearProperty(BenchmarkFolder.WHERE);
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
      assertEquals(List.of(), mounts.filter(each -> each.contains(folder.toString())).toList());
    }
  }

  static List<String> drivers() {
    return MountedComparison.driverNames();
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void doTheirWorkThroughTheMount(String driver) throws IOException {
    new DriverBodies(driver).runAll();
  }
}
