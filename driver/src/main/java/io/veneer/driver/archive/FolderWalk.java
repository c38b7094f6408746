// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Walks all that is in a folder, in the order of the names, links as links. Trees may be deeper
 * than a thread's stack, so what is begun is kept in memory; a folder stays open as long as the
 * walk is below it. One thread.
 */
final class FolderWalk {
  /** What is done with what is found. */
  interface Visitor {
    /**
     * Takes a name; folders before what is in them.
     *
     * @param folder where
     * @param name which
     * @param path its path from the top of the walk
     * @param status what it is
     */
    void visit(OpenFolder folder, String name, String path, FileStatus status) throws IOException;

    /** Takes a folder again, after all that was in it. */
    default void leave(OpenFolder folder, String name, String path) throws IOException {}
  }

  private record Level(OpenFolder folder, String name, String path, Iterator<String> names) {}

  private final Visitor visitor;
  private final Deque<Level> levels = new ArrayDeque<>();

  private FolderWalk(Visitor visitor) {
    this.visitor = visitor;
  }

  /**
   * Walks.
   *
   * @param top where to begin; closed in the end
   * @param path its path, which comes before all others
   */
  static void run(OpenFolder top, String path, Visitor visitor) throws IOException {
    FolderWalk walk = new FolderWalk(visitor);
    try {
      walk.enter(top, "", path);
      walk.run();
    } finally {
      walk.levels.forEach(level -> level.folder.close());
    }
  }

  private void enter(OpenFolder folder, String name, String path) throws IOException {
    try {
      List<String> names = folder.names();
      names.sort(null);
      levels.push(new Level(folder, name, path, names.iterator()));
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  private void run() throws IOException {
    while (!levels.isEmpty()) {
      Level level = levels.element();
      if (level.names.hasNext()) {
        visit(level, level.names.next());
      } else {
        leave(levels.pop());
      }
    }
  }

  private void visit(Level level, String name) throws IOException {
    Optional<FileStatus> status = level.folder.status(name);
    if (status.isEmpty()) {
      return;
    }
    String path = level.path.isEmpty() ? name : level.path + "/" + name;
    visitor.visit(level.folder, name, path, status.get());
    if (status.get().isFolder()) {
      Optional<OpenFolder> below = level.folder.find(name);
      if (below.isPresent()) {
        enter(below.get(), name, path);
      }
    }
  }

  private void leave(Level level) throws IOException {
    level.folder.close();
    if (!levels.isEmpty()) {
      visitor.leave(levels.element().folder, level.name, level.path);
    }
  }
}
