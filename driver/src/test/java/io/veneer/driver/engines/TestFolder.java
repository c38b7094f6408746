// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with a short path for engines, whose sockets have long names below it. Removing it takes
 * away what is mounted there first, so that nothing of the machine is removed through a mount.
 */
public final class TestFolder implements AutoCloseable {
  private final Path path;

  public TestFolder() throws IOException {
    path = Files.createTempDirectory(Path.of("/tmp"), "vnr");
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    Mounts.clear(path);
    if (!Mounts.below(path).isEmpty()) {
      throw new IOException("still mounted: " + Mounts.below(path));
    }
    Programs.run("rm", "-rf", "--one-file-system", path);
  }
}
