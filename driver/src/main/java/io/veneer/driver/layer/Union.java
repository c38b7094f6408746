// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.host.FileStatus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Shows a stack of branches as one tree, and remembers where things were found.
 *
 * <p>A name is looked for in the folders that its parent consists of, from the newest to the base:
 * a whiteout ends the search, and so does anything that is no folder; folders of one name are shown
 * as one, down to an opaque one. Links are never followed, so that a layer cannot lead out of
 * itself. (As overlayfs does it, by its documentation in the kernel.)
 *
 * <p>Only the first branch ever changes, and only in {@link #change}, which nobody searches during;
 * what was found (or not) stays true until then. Any thread.
 */
final class Union {
  /** Enough for the tree of a distribution; beyond it everything is looked up anew. */
  private static final int REMEMBERED_MAX = 200_000;

  /** A change of the first branch. */
  interface Change {
    void run() throws IOException;
  }

  private final Branches branches;
  private final Place top;
  private final ConcurrentHashMap<LayerPath, Optional<Place>> found = new ConcurrentHashMap<>();

  /** Who searches and remembers reads, who changes the first branch writes. */
  private final ReentrantReadWriteLock changing = new ReentrantReadWriteLock();

  Union(Branches branches) {
    this.branches = branches;
    this.top = new Place(branches.folders(), true);
  }

  /** What a path shows, or empty if there is nothing. */
  Optional<Place> find(LayerPath path) throws IOException {
    Optional<Place> known = known(path);
    if (known != null) {
      return known;
    }
    changing.readLock().lock();
    try {
      return search(path);
    } finally {
      changing.readLock().unlock();
    }
  }

  /** The names in a folder, in order. */
  Set<String> names(Place folder) throws IOException {
    Set<String> names = new TreeSet<>();
    Set<String> hidden = new HashSet<>();
    changing.readLock().lock();
    try {
      for (Path host : folder.hosts()) {
        addNames(host, names, hidden);
      }
    } finally {
      changing.readLock().unlock();
    }
    return names;
  }

  /** The names that some folders of branches have or hide, in order. */
  Set<String> namesTouchedBy(List<Path> folders) throws IOException {
    Set<String> names = new TreeSet<>();
    Set<String> hidden = new HashSet<>();
    for (Path host : folders) {
      addNames(host, names, hidden);
    }
    names.addAll(hidden);
    return names;
  }

  /**
   * Whether the branches below the first show something at a path: it must be hidden to be gone.
   */
  boolean showsBelow(LayerPath path) throws IOException {
    Place parent = find(path.parent()).orElse(null);
    if (parent == null || !parent.isFolder()) {
      return false;
    }
    List<Path> below = below(parent);
    return !below.isEmpty() && look(below, path.name()).isPresent();
  }

  /** Whether a folder is shown from more than the first branch. */
  boolean hasBelow(Place folder) {
    return !below(folder).isEmpty();
  }

  /** Whether the first branch has something at a place that was found: it is what counts there. */
  boolean isInFirst(Place place) {
    return place.newest().startsWith(branches.top());
  }

  /** Changes the first branch at some paths, and forgets what was found there and below. */
  void change(Change change, LayerPath... paths) throws IOException {
    changing.writeLock().lock();
    try {
      change.run();
    } finally {
      for (LayerPath path : paths) {
        forget(path);
      }
      changing.writeLock().unlock();
    }
  }

  /** Changes one thing of the first branch that leaves what is below it as it was. */
  void changeOnly(Change change, LayerPath path) throws IOException {
    changing.writeLock().lock();
    try {
      change.run();
    } finally {
      found.remove(path);
      changing.writeLock().unlock();
    }
  }

  /** Changes anything in the first branch, and forgets all that was found. */
  void changeAll(Change change) throws IOException {
    changing.writeLock().lock();
    try {
      change.run();
    } finally {
      found.clear();
      changing.writeLock().unlock();
    }
  }

  /** Forgets all that was found, by who is changing the first branch. */
  void forgetAll() {
    found.clear();
  }

  /**
   * Hides all that is below one by one, if the top folder is marked as opaque: neither kernel nor
   * search heed the mark there, as the top folders of branches have no name.
   */
  void settleTop() throws IOException {
    Whiteouts whiteouts = branches.whiteouts();
    if (!whiteouts.isOpaque(branches.top())) {
      return;
    }
    whiteouts.removeOpaque(branches.top());
    Set<String> own = names(Place.folder(List.of(branches.top())));
    for (String name : names(Place.folder(below(top)))) {
      if (!own.contains(name) && !whiteouts.hides(branches.top(), name)) {
        whiteouts.hide(branches.top(), name, branches.staging().resolve("hidden"));
      }
    }
  }

  private void forget(LayerPath path) {
    Optional<Place> was = found.remove(path);
    if (was != null && was.isPresent() && !was.get().isFolder()) {
      return;
    }
    found.keySet().removeIf(each -> each.isIn(path));
  }

  private List<Path> below(Place folder) {
    List<Path> hosts = folder.hosts();
    return isInFirst(folder) ? hosts.subList(1, hosts.size()) : hosts;
  }

  private Optional<Place> known(LayerPath path) {
    return path.isTop() ? Optional.of(top) : found.get(path);
  }

  private Optional<Place> search(LayerPath path) throws IOException {
    Optional<Place> known = known(path);
    if (known != null) {
      return known;
    }
    Optional<Place> parent = search(path.parent());
    Optional<Place> place =
        parent.isPresent() && parent.get().isFolder()
            ? look(parent.get().hosts(), path.name())
            : Optional.empty();
    if (found.size() >= REMEMBERED_MAX) {
      found.clear();
    }
    found.put(path, place);
    return place;
  }

  private Optional<Place> look(List<Path> folders, String name) throws IOException {
    List<Path> merged = new ArrayList<>();
    for (Path folder : folders) {
      if (branches.whiteouts().hides(folder, name)) {
        break;
      }
      Path host = folder.resolve(name);
      Optional<FileStatus> status = FileStatus.find(host);
      if (status.isEmpty()) {
        continue;
      }
      if (!status.get().isFolder()) {
        return merged.isEmpty() ? Optional.of(Place.of(host)) : folder(merged);
      }
      merged.add(host);
      if (branches.whiteouts().isOpaque(host)) {
        break;
      }
    }
    return folder(merged);
  }

  private static Optional<Place> folder(List<Path> merged) {
    return merged.isEmpty() ? Optional.empty() : Optional.of(new Place(merged, true));
  }

  private void addNames(Path host, Set<String> names, Set<String> hidden) throws IOException {
    Whiteouts whiteouts = branches.whiteouts();
    List<String> here = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(host)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (whiteouts.isMark(host, name)) {
          hidden.add(whiteouts.hiddenBy(name));
        } else {
          here.add(name);
        }
      }
    }
    here.removeAll(hidden);
    names.addAll(here);
  }
}
