// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;

/**
 * The layers below the folder of one layer, for archives that name what only they have: a folder
 * that a file goes into, or the target of a hard link. Called by the thread that unpacks.
 */
@FunctionalInterface
public interface LowerLayers {
  /** There are none, or the folder shows them anyway. */
  LowerLayers NONE = path -> false;

  /**
   * Brings what the layers below have at a path into the folder: a folder with what is kept about
   * it but without what is in it, a file or link with all of it.
   *
   * @param path without leading {@code /}; nothing is there in the folder, but its parent is
   * @return whether it is there now
   * @throws IOException if the host fails
   */
  boolean bringUp(String path) throws IOException;
}
