// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.List;

/**
 * What an entry's path says about whiteouts, in the form of aufs that image layers have.
 *
 * @param kind what it is
 * @param name the name that is hidden, for HIDES
 */
record Whiteout(Kind kind, String name) {
  /** What begins every name that is none of a file. */
  static final String PREFIX = ".wh.";

  /** The mark of a folder that hides all of the same folder below. */
  static final String OPAQUE = ".wh..wh..opq";

  private static final String INTERNAL = ".wh..wh.";

  /** What a path is. */
  enum Kind {
    /** A file as any. */
    NONE,
    /** Hides one name. */
    HIDES,
    /** Hides all in its folder. */
    OPAQUE,
    /** A file that aufs keeps for itself; left out. */
    INTERNAL
  }

  /** Reads a path of at least one component. */
  static Whiteout of(List<String> path) {
    String last = path.get(path.size() - 1);
    for (String component : path.subList(0, path.size() - 1)) {
      if (component.startsWith(INTERNAL)) {
        return new Whiteout(Kind.INTERNAL, "");
      }
      if (component.startsWith(PREFIX)) {
        throw ArchiveErrors.refused("archive has a file below a whiteout", String.join("/", path));
      }
    }
    return ofName(last, path);
  }

  private static Whiteout ofName(String last, List<String> path) {
    if (!last.startsWith(PREFIX)) {
      return new Whiteout(Kind.NONE, "");
    }
    if (last.equals(OPAQUE)) {
      return new Whiteout(Kind.OPAQUE, "");
    }
    if (last.startsWith(INTERNAL)) {
      return new Whiteout(Kind.INTERNAL, "");
    }
    String name = last.substring(PREFIX.length());
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw ArchiveErrors.refused("archive has a whiteout of no file", String.join("/", path));
    }
    return new Whiteout(Kind.HIDES, name);
  }
}
