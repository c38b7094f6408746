// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

/**
 * The names under which overlayfs keeps its own notes in extended attributes (kernel,
 * Documentation/filesystems/overlayfs.rst). They belong to the layout of a layer and are no content
 * of it.
 */
public final class OverlayMarks {
  /** Before the names of a mount made by root. */
  public static final String ROOT_PREFIX = "trusted.overlay.";

  /** Before the names of a mount with the option userxattr. */
  public static final String USER_PREFIX = "user.overlay.";

  private OverlayMarks() {}

  /**
   * Tells whether an attribute is such a note.
   *
   * @param name with namespace
   * @return whether it is overlayfs' own
   */
  public static boolean isMark(String name) {
    return name.startsWith(ROOT_PREFIX) || name.startsWith(USER_PREFIX);
  }
}
