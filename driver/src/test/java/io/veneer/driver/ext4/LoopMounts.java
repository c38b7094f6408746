// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Mounts images through loop devices of the kernel, and takes all of them away at the end. */
final class LoopMounts implements AutoCloseable {
  private final Path folder;
  private final Deque<Path> mounted = new ArrayDeque<>();
  private int count;

  LoopMounts(Path folder) {
    this.folder = folder;
  }

  Path mount(Path image, String options) throws IOException {
    Path point = Files.createDirectories(folder.resolve("mount-" + count++));
    HostProgram.run("mount", "-o", "loop," + options, image, point);
    mounted.push(point);
    return point;
  }

  void unmount(Path point) {
    HostProgram.run("umount", point);
    mounted.remove(point);
  }

  @Override
  public void close() {
    while (!mounted.isEmpty()) {
      HostProgram.run("umount", "-l", mounted.pop());
    }
  }
}
