// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounting a container of a pool that nobody serves. */
class UnservedMountTest {
  @TempDir private Path folder;

  @Test
  void whatStaysNeedsAServer() {
    PoolFolder pool = PoolFolder.in(folder);
    try (SampleImages images = SampleImages.in(pool)) {
      images.layer("base", "", 0, 1, "base:1");
    }
    Outcome.of("container", "create", pool.toString(), "web", "base:1").succeeded();
    for (String command : new String[] {"mount", "unmount"}) {
      String line = Outcome.of("container", command, pool.toString(), "web").failedWith(1);
      assertTrue(line.contains("veneer serve " + pool), line);
    }
  }
}
