// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The differences of two trees by their descriptions, made by nobody's cleverness. */
final class ExpectedChanges {
  private ExpectedChanges() {}

  static List<Change> between(Map<String, String> older, Map<String, String> newer) {
    Map<String, ChangeKind> kinds = new TreeMap<>();
    newer.keySet().stream()
        .filter(path -> !older.containsKey(path))
        .forEach(path -> kinds.put(path, ChangeKind.ADDED));
    older.forEach(
        (path, line) -> {
          String now = newer.get(path);
          if (now == null) {
            String folder = newer.get(parent(path));
            if (folder != null && isFolder(folder)) {
              kinds.put(path, ChangeKind.DELETED);
            }
          } else if (!own(line).equals(own(now))) {
            kinds.put(path, ChangeKind.MODIFIED);
          }
        });
    for (String path : List.copyOf(kinds.keySet())) {
      for (String at = parent(path); !at.isEmpty(); at = parent(at)) {
        kinds.putIfAbsent(at, ChangeKind.MODIFIED);
      }
    }
    kinds.remove("");
    return kinds.entrySet().stream()
        .map(each -> new Change(each.getKey(), each.getValue()))
        .sorted()
        .toList();
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
