// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.nio.file.Path;
import java.util.List;

/**
 * A path inside a layer, taken apart and known to stay inside.
 *
 * @param names folder names and then the file's own; at least one
 */
record LayerPath(List<String> names) {

  /** Takes a path apart; see {@link io.veneer.driver.StorageDriver} for what a path is. */
  static LayerPath parse(String path, Whiteouts whiteouts) {
    List<String> names = List.of(path.split("/", -1));
    for (String name : names) {
      if (isNoName(name) || whiteouts.reserves(name)) {
        throw new DriverException(
            Kind.INVALID_ARGUMENT, "not a path in a layer path=" + path + " name=" + name);
      }
    }
    return new LayerPath(names);
  }

  private static boolean isNoName(String name) {
    return name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0;
  }

  int depth() {
    return names.size();
  }

  String name(int depth) {
    return names.get(depth);
  }

  /** Where the first names of this path are in a branch. */
  Path in(Path branch, int depth) {
    return branch.resolve(String.join("/", names.subList(0, depth)));
  }

  /** Where this path is in a branch. */
  Path in(Path branch) {
    return in(branch, depth());
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
