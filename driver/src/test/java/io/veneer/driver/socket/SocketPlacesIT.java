// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.host.HostNodes;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real file systems in which no socket can be made. Mounts them, so it needs root. */
class SocketPlacesIT {
  @TempDir Path folder;
  private Path mounted;

  @BeforeEach
  void require() {
    Program.skipUnless(HostNodes.isRoot(), "mounting needs root");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted != null) {
      Program.run("umount", mounted);
    }
  }

  private Path tmpfs(String options) throws IOException, InterruptedException {
    Path point = Files.createDirectory(folder.resolve("mounted"));
    Program.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", point);
    mounted = point;
    return point;
  }

  private static String refusal(Path path) {
    return assertThrows(PoolException.class, () -> SocketFile.listen(path)).getMessage();
  }

  @Test
  void aMountForReadingOnly() throws Exception {
    Path path = tmpfs("ro").resolve("s");
    assertEquals(
        "the socket's folder is mounted for reading only; mount it for writing, or take another"
            + " path: path="
            + path
            + " cause=Read-only file system",
        refusal(path));
  }

  @Test
  void aFullMount() throws Exception {
    Path path = tmpfs("nr_inodes=1").resolve("s");
    assertEquals(
        "no room for the socket; make some in its file system, or take another path: path="
            + path
            + " cause=No space left on device",
        refusal(path));
  }

  @Test
  void whatTheKernelShows() {
    String none = "no socket can be made in the socket's folder; take another path: path=";
    assertEquals(none + "/proc/s cause=No such file or directory", refusal(Path.of("/proc/s")));
    assertEquals(none + "/sys/s cause=Operation not permitted", refusal(Path.of("/sys/s")));
  }
}
