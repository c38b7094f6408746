// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The differences of two trees by their descriptions, made by nobody's cleverness. */
final class ExpectedChanges {
  private ExpectedChanges() {}

  static List<Change> between(Map<String, String> older, Map<String, String> newer) {
    Set<String> foldersWithOtherNames = new HashSet<>();
    List<Change> changes = new ArrayList<>();
    newer.keySet().stream()
        .filter(path -> !older.containsKey(path))
        .forEach(
            path -> {
              changes.add(new Change(path, ChangeKind.ADDED));
              foldersWithOtherNames.add(parent(path));
            });
    older.keySet().stream()
        .filter(path -> !newer.containsKey(path))
        .forEach(
            path -> {
              foldersWithOtherNames.add(parent(path));
              String folder = newer.get(parent(path));
              if (folder != null && isFolder(folder)) {
                changes.add(new Change(path, ChangeKind.DELETED));
              }
            });
    older.forEach(
        (path, line) -> {
          String now = newer.get(path);
          boolean both = now != null && !path.isEmpty();
          boolean folders = both && isFolder(line) && isFolder(now);
          boolean otherNames = folders && foldersWithOtherNames.contains(path);
          if (both && (otherNames || !own(line).equals(own(now)))) {
            changes.add(new Change(path, ChangeKind.MODIFIED));
          }
        });
    changes.sort(null);
    return changes;
  }

  private static String parent(String path) {
    return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
  }

  private static boolean isFolder(String line) {
    return line.startsWith(FileType.DIRECTORY.name());
  }

  /** Without the number of names, and without a directory's time. */
  private static String own(String line) {
    String own = line.replaceFirst("links=\\d+ ", "");
    return isFolder(line) ? own.replaceFirst(" \\d+\\.\\d+ ", " ") : own;
  }
}
