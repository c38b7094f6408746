// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import static io.veneer.driver.archive.FolderCalls.libC;
import static io.veneer.driver.archive.FolderCalls.orErrno;

import java.nio.file.Path;

/**
 * Makes sure that what is written to a file system got there. A write is done when its bytes are in
 * memory; that they could not be written back is told later, and only to who has something open
 * since before. So this is opened before the first write, and asked after the last. Unmounting
 * tells nobody.
 *
 * <p>One thread; owns the descriptor.
 */
final class ForcedTree implements AutoCloseable {
  private final int descriptor;
  private final String name;

  private ForcedTree(int descriptor, String name) {
    this.descriptor = descriptor;
    this.name = name;
  }

  /** Begins to watch the file system that a folder is on. */
  static ForcedTree watch(Path folder) throws HostFailure {
    String name = ByteNames.ofText(folder.toString());
    int flags = FolderCalls.O_RDONLY | FolderCalls.O_DIRECTORY | FolderCalls.O_CLOEXEC;
    int result = orErrno(libC().openat(FolderCalls.AT_FDCWD, ByteNames.terminated(name), flags, 0));
    if (result < 0) {
      throw new HostFailure("open folder", name, result);
    }
    return new ForcedTree(result, name);
  }

  /** Writes the file system back; fails if anything since the beginning could not be written. */
  void force() throws HostFailure {
    int result = orErrno(libC().syncfs(descriptor));
    if (result < 0) {
      throw new HostFailure("write back the file system of", name, result);
    }
  }

  @Override
  public void close() {
    libC().close(descriptor);
  }
}
