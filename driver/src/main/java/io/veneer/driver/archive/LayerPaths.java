// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The paths that this archive brought, and the folders above them: a whiteout hides what layers
 * below have, never what stands beside it in its own layer, in whatever order they come. One
 * thread.
 */
final class LayerPaths {
  private final Set<String> paths = new HashSet<>();

  void add(List<String> parent, String name) {
    String path = join(parent, name);
    while (paths.add(path)) {
      int slash = path.lastIndexOf('/');
      if (slash < 0) {
        return;
      }
      path = path.substring(0, slash);
    }
  }

  boolean contains(String path) {
    return paths.contains(path);
  }

  static String join(List<String> parent, String name) {
    return parent.isEmpty() ? name : String.join("/", parent) + "/" + name;
  }
}
