// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Modes and times of folders, which are set when all is unpacked: writing into a folder changes its
 * time, and a mode may forbid it to a user who is not root. A folder that the archive does not name
 * gets back what it had. One thread.
 */
final class FolderStates {
  private static final int OWNER_ALL = 0700;

  private record State(int permissions, FileTime modified) {}

  private final Map<List<String>, State> states = new HashMap<>();

  /** Notes what a folder has now, before something in it is changed; lets its owner in. */
  void keep(OpenFolder folder, List<String> path) throws IOException {
    if (states.containsKey(path)) {
      return;
    }
    FileStatus status = folder.status();
    set(path, status.permissions(), status.modified());
    if ((status.permissions() & OWNER_ALL) != OWNER_ALL) {
      letOwnerIn(folder, status);
    }
  }

  /** Root is let in anyway, and nobody but root can change what others own. */
  private static void letOwnerIn(OpenFolder folder, FileStatus status) throws IOException {
    int user = FolderCalls.libC().geteuid();
    if (user != 0 && status.owner() == user) {
      folder.setPermissions("", status.permissions() | OWNER_ALL);
    }
  }

  /** Says what a folder gets in the end. */
  void set(List<String> path, int permissions, FileTime modified) {
    states.put(path, new State(permissions, modified));
  }

  /** Gives all folders their modes and times, as far as they are still there. */
  void apply(ConfinedTree tree) throws IOException {
    List<List<String>> deepestFirst = new ArrayList<>(states.keySet());
    deepestFirst.sort(Comparator.comparingInt((List<String> path) -> path.size()).reversed());
    for (List<String> path : deepestFirst) {
      Optional<ConfinedTree.Found> found = tree.folder(path, ConfinedTree.MissingFolder.NONE);
      if (found.isPresent()) {
        try (ConfinedTree.Found folder = found.get()) {
          // Another path means that a link stands there now.
          if (folder.path().equals(path)) {
            apply(folder.folder(), states.get(path));
          }
        }
      }
    }
  }

  private static void apply(OpenFolder folder, State wanted) throws IOException {
    FileStatus status = folder.status();
    if (!status.modified().equals(wanted.modified)) {
      folder.setTime("", wanted.modified);
    }
    if (status.permissions() != wanted.permissions) {
      folder.setPermissions("", wanted.permissions);
    }
  }
}
