// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a layer, taken apart and known to stay inside.
 *
 * @param names folder names and then the file's own; none for the top folder
 */
record LayerPath(List<String> names) {
  static final LayerPath TOP = new LayerPath(List.of());

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

  /** The same, where an empty path is the top folder. */
  static LayerPath parseFolder(String path, Whiteouts whiteouts) {
    return path.isEmpty() ? TOP : parse(path, whiteouts);
  }

  private static boolean isNoName(String name) {
    return name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0;
  }

  boolean isTop() {
    return names.isEmpty();
  }

  int depth() {
    return names.size();
  }

  /** The last name; there must be one. */
  String name() {
    return names.get(names.size() - 1);
  }

  /** The folder that this is in; this must not be the top folder. */
  LayerPath parent() {
    return new LayerPath(names.subList(0, names.size() - 1));
  }

  LayerPath child(String name) {
    List<String> longer = new ArrayList<>(names);
    longer.add(name);
    return new LayerPath(longer);
  }

  /** Whether this is another path, or a path below it. */
  boolean isIn(LayerPath other) {
    return depth() >= other.depth() && names.subList(0, other.depth()).equals(other.names);
  }

  /** This path after a folder on its way, or itself, has moved. */
  LayerPath moved(LayerPath from, LayerPath to) {
    List<String> moved = new ArrayList<>(to.names);
    moved.addAll(names.subList(from.depth(), depth()));
    return new LayerPath(moved);
  }

  /** Where this path is in a branch. */
  Path in(Path branch) {
    return isTop() ? branch : branch.resolve(toString());
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
