// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.NodeType;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what differs between two trees; see {@link io.veneer.driver.StorageDriver#changes}.
 *
 * <p>Both trees are walked side by side. Where they consist of the same branches they are the same,
 * and nothing is walked: where one stands on the other, that leaves the folders of the branches in
 * between, and of a folder there only the names that these branches have. Two files are the same if
 * they are one file of the host, or if type, size, time, mode, owner, device, link and attributes
 * are equal; copies made by copy_up, which keep all of these, are compared byte by byte. One thread
 * for one run.
 */
final class TreeComparison {
  private final Union newer;
  private final Union older;

  /** Equal times and sizes are the rule between layers, as copy_up keeps them. */
  private final boolean comparesContent;

  private final List<Change> changes = new ArrayList<>();

  /**
   * Prepares a comparison.
   *
   * @param newer the tree whose changes are told
   * @param older what it is compared with
   * @param comparesContent whether equal attributes are not enough
   */
  TreeComparison(Union newer, Union older, boolean comparesContent) {
    this.newer = newer;
    this.older = older;
    this.comparesContent = comparesContent;
  }

  /** All that is in a tree, as added. */
  static List<Change> all(Union tree) throws IOException {
    TreeComparison comparison = new TreeComparison(tree, tree, false);
    comparison.addAllIn(LayerPath.TOP, tree.find(LayerPath.TOP).orElseThrow());
    return comparison.changes;
  }

  List<Change> run() throws IOException {
    compareFolders(
        LayerPath.TOP,
        newer.find(LayerPath.TOP).orElseThrow(),
        older.find(LayerPath.TOP).orElseThrow());
    return changes;
  }

  private void compareFolders(LayerPath path, Place now, Place before) throws IOException {
    if (now.hosts().equals(before.hosts())) {
      return;
    }
    for (String name : candidates(now, before)) {
      compare(path.child(name));
    }
  }

  /** The names that may differ. */
  private Set<String> candidates(Place now, Place before) throws IOException {
    int between = now.hosts().size() - before.hosts().size();
    if (between > 0 && now.hosts().subList(between, now.hosts().size()).equals(before.hosts())) {
      return newer.namesTouchedBy(now.hosts().subList(0, between));
    }
    Set<String> names = new TreeSet<>(newer.names(now));
    names.addAll(older.names(before));
    return names;
  }

  private void compare(LayerPath path) throws IOException {
    Optional<Place> now = newer.find(path);
    Optional<Place> before = older.find(path);
    if (now.isEmpty() && before.isEmpty() || now.equals(before)) {
      return;
    }
    if (now.isEmpty()) {
      add(path, ChangeKind.DELETED);
    } else if (before.isEmpty()) {
      add(path, ChangeKind.ADDED);
      addAllIn(path, now.get());
    } else if (now.get().isFolder() && before.get().isFolder()) {
      compareBoth(path, now.get(), before.get());
    } else if (now.get().isFolder() || before.get().isFolder()) {
      add(path, ChangeKind.MODIFIED);
      addAllIn(path, now.get());
    } else if (!isSame(now.get().newest(), before.get().newest())) {
      add(path, ChangeKind.MODIFIED);
    }
  }

  /** A folder is told before what is in it, and because of it. */
  private void compareBoth(LayerPath path, Place now, Place before) throws IOException {
    int place = changes.size();
    compareFolders(path, now, before);
    FileStatus status = FileStatus.of(now.newest());
    FileStatus old = FileStatus.of(before.newest());
    if (changes.size() > place
        || !hasSameOwner(status, old)
        || !hasSameAttributes(now.newest(), before.newest())) {
      changes.add(place, new Change(path.toString(), ChangeKind.MODIFIED));
    }
  }

  private void addAllIn(LayerPath path, Place place) throws IOException {
    if (!place.isFolder()) {
      return;
    }
    for (String name : newer.names(place)) {
      LayerPath child = path.child(name);
      Optional<Place> found = newer.find(child);
      if (found.isPresent()) {
        add(child, ChangeKind.ADDED);
        addAllIn(child, found.get());
      }
    }
  }

  private void add(LayerPath path, ChangeKind kind) {
    changes.add(new Change(path.toString(), kind));
  }

  private boolean isSame(Path now, Path before) throws IOException {
    FileStatus status = FileStatus.of(now);
    FileStatus old = FileStatus.of(before);
    if (status.isSameFile(old)) {
      return true;
    }
    return hasSameOwner(status, old)
        && status.type() == old.type()
        && status.modified().equals(old.modified())
        && status.deviceNumber() == old.deviceNumber()
        && (!status.isFile() || status.sizeBytes() == old.sizeBytes())
        && hasSameAttributes(now, before)
        && hasSameContent(status, now, before);
  }

  private boolean hasSameContent(FileStatus status, Path now, Path before) throws IOException {
    if (status.type() == NodeType.LINK) {
      return Arrays.equals(HostNodes.readLink(now), HostNodes.readLink(before));
    }
    return !status.isFile() || !comparesContent || Files.mismatch(now, before) < 0;
  }

  private static boolean hasSameOwner(FileStatus status, FileStatus old) {
    return status.permissions() == old.permissions()
        && status.owner() == old.owner()
        && status.group() == old.group();
  }

  private static boolean hasSameAttributes(Path now, Path before) throws IOException {
    Map<String, byte[]> attributes = Attributes.of(now);
    Map<String, byte[]> old = Attributes.of(before);
    return attributes.keySet().equals(old.keySet())
        && attributes.entrySet().stream()
            .allMatch(each -> Arrays.equals(each.getValue(), old.get(each.getKey())));
  }
}
