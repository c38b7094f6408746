// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A folder of the host that paths never lead out of: each is walked by a {@link ConfinedWalk}. One
 * thread; owns the descriptor.
 */
final class ConfinedTree implements AutoCloseable {
  /** What happens where a path names a folder that is not there. */
  interface MissingFolder {
    /** Nothing is made. */
    MissingFolder NONE = (parent, parentPath, name) -> false;

    /**
     * Makes the folder, or brings it, or leaves it missing.
     *
     * @param parent where
     * @param parentPath its path, links resolved
     * @param name which; nothing, or a file that is no link, is there
     * @return whether it is there now
     */
    boolean make(OpenFolder parent, List<String> parentPath, String name) throws IOException;
  }

  /**
   * A folder that a path led to.
   *
   * @param folder the open folder, closed by the caller
   * @param path its path, links resolved
   */
  record Found(OpenFolder folder, List<String> path) implements AutoCloseable {
    @Override
    public void close() {
      folder.close();
    }
  }

  private final OpenFolder top;

  private ConfinedTree(OpenFolder top) {
    this.top = top;
  }

  static ConfinedTree open(Path folder) throws HostFailure {
    return new ConfinedTree(OpenFolder.open(folder));
  }

  OpenFolder top() {
    return top;
  }

  /** The folder that a path leads to; empty if it is not there and was not made. */
  Optional<Found> folder(List<String> path, MissingFolder missing) throws IOException {
    try (ConfinedWalk walk = new ConfinedWalk(top, path, missing)) {
      return walk.run();
    }
  }

  /** The same, where a folder must be. */
  Found existingFolder(List<String> path) throws IOException {
    return folder(path, MissingFolder.NONE)
        .orElseThrow(
            () -> new DriverException(Kind.NOT_FOUND, "no such folder path=" + shown(path)));
  }

  /** A path as callers read it. */
  static String shown(List<String> path) {
    return ByteNames.text(String.join("/", path));
  }

  @Override
  public void close() {
    top.close();
  }
}
