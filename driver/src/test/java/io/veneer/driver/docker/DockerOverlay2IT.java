// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import io.veneer.driver.engines.Dockerd;
import io.veneer.driver.engines.Programs;
import io.veneer.thinpool.Alone;
import java.io.IOException;
import java.nio.file.Path;

/** Docker on its own overlay2, for comparison: no code of ours takes part. */
@Alone
class DockerOverlay2IT extends DockerTrial {
  @Override
  Dockerd startDockerd(Path folder) throws IOException {
    return Dockerd.start(folder.resolve("d"), "overlay2");
  }

  @Override
  void endBelow() {
    // The driver lives in dockerd.
  }

  @Override
  long storedBytes(Path folder) throws IOException {
    return Long.parseLong(
        Programs.run("du", "-s", "--block-size=1", folder.resolve("d/data/overlay2"))
            .split("\\s")[0]);
  }
}
