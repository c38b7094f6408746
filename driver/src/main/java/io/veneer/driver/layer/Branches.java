// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.nio.file.Path;
import java.util.List;

/**
 * The folders that make up what is seen in a layer.
 *
 * @param folders newest first; the first is the layer's own and the only one that is ever written
 * @param staging where a file is put together before it appears in the first folder, in the same
 *     file system
 * @param whiteouts how a branch says that something below it is gone
 */
public record Branches(List<Path> folders, Path staging, Whiteouts whiteouts) {
  /**
   * Takes a copy of the folders.
   *
   * @param folders newest first
   * @param staging where a file is put together before it appears in the first folder
   * @param whiteouts how a branch says that something below it is gone
   */
  public Branches {
    folders = List.copyOf(folders);
  }

  /**
   * A tree that stands alone.
   *
   * @param folder its only folder
   * @return one branch
   */
  public static Branches single(Path folder) {
    return new Branches(List.of(folder), folder, Whiteouts.NONE);
  }

  /**
   * The folder that is written.
   *
   * @return the first one
   */
  public Path top() {
    return folders.get(0);
  }
}
