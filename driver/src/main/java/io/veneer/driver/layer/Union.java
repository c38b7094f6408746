// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds paths in a stack of branches, from the newest to the base, and remembers what it found.
 *
 * <p>In each branch the names of a path are followed from the top folder down: a whiteout on the
 * way ends the search with nothing found, and so does something that is no folder but should be
 * one; an opaque folder makes this branch the last. Links are never followed, so that a layer
 * cannot lead out of itself.
 *
 * <p>Only the first branch ever changes, and who changes it calls {@link #remember}; what is found
 * (or not) stays true until then. Any thread.
 */
final class Union {
  private final Branches branches;
  private final ConcurrentHashMap<LayerPath, Optional<Path>> found = new ConcurrentHashMap<>();

  Union(Branches branches) {
    this.branches = branches;
  }

  /** Where a path's file or folder is, or empty if the layer does not show one. */
  Optional<Path> find(LayerPath path) throws IOException {
    Optional<Path> known = found.get(path);
    if (known != null) {
      return known;
    }
    Optional<Path> place = search(path, path.depth());
    // What a writer put there meanwhile is newer than what was searched.
    Optional<Path> newer = found.putIfAbsent(path, place);
    return newer == null ? place : newer;
  }

  /** Where the folder made of the first names of a path is; not remembered. */
  Optional<Path> findFolder(LayerPath path, int depth) throws IOException {
    return search(path, depth);
  }

  /** Notes where a path is from now on. */
  void remember(LayerPath path, Path place) {
    found.put(path, Optional.of(place));
  }

  private Optional<Path> search(LayerPath path, int depth) throws IOException {
    for (Path branch : branches.folders()) {
      Step step = follow(path, depth, branch);
      if (step == Step.FOUND) {
        return Optional.of(path.in(branch, depth));
      }
      if (step == Step.HIDDEN) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private enum Step {
    FOUND,
    HIDDEN,
    BELOW
  }

  private Step follow(LayerPath path, int depth, Path branch) throws IOException {
    Step otherwise = Step.BELOW;
    for (int at = 0; at < depth; at++) {
      Path folder = path.in(branch, at);
      if (at > 0 && branches.whiteouts().isOpaque(folder)) {
        otherwise = Step.HIDDEN;
      }
      if (branches.whiteouts().hides(folder, path.name(at))) {
        return Step.HIDDEN;
      }
      Path place = path.in(branch, at + 1);
      if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        return otherwise;
      }
      if (at + 1 < depth && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        return Step.HIDDEN;
      }
    }
    return Step.FOUND;
  }
}
