// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** Removes what is in a folder, links as links. One thread. */
final class TreeRemoval implements FolderWalk.Visitor {
  private static final int OWNER_ALL = 0700;

  private final Predicate<String> kept;

  /**
   * Makes a removal.
   *
   * @param kept paths that stay; the folders above them must be among them
   */
  TreeRemoval(Predicate<String> kept) {
    this.kept = kept;
  }

  /** Removes a name and all below, but for what is kept. Nothing there is no failure. */
  void remove(OpenFolder folder, String name, String path) throws IOException {
    Optional<FileStatus> status = folder.status(name);
    if (status.isEmpty()) {
      return;
    }
    visit(folder, name, path, status.get());
    if (status.get().isFolder()) {
      Optional<OpenFolder> below = folder.find(name);
      if (below.isPresent()) {
        removeAllIn(below.get(), path);
      }
      leave(folder, name, path);
    }
  }

  /** Removes all names in a folder, but for what is kept. Closes the folder. */
  void removeAllIn(OpenFolder folder, String path) throws IOException {
    FolderWalk.run(folder, path, this);
  }

  @Override
  public void visit(OpenFolder folder, String name, String path, FileStatus status)
      throws IOException {
    if (status.isFolder()) {
      openUp(folder, name, status);
    } else if (!kept.test(path)) {
      folder.remove(name);
    }
  }

  @Override
  public void leave(OpenFolder folder, String name, String path) throws IOException {
    if (!kept.test(path)) {
      folder.removeFolder(name);
    }
  }

  /** Lets the owner into a folder that is about to be emptied; root is let in anyway. */
  private static void openUp(OpenFolder folder, String name, FileStatus status) throws IOException {
    boolean closed = (status.permissions() & OWNER_ALL) != OWNER_ALL;
    if (closed && FolderCalls.libC().geteuid() != 0) {
      folder.setPermissions(name, status.permissions() | OWNER_ALL);
    }
  }
}
