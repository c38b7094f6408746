// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tells in what two folders of the host differ, by walking both: the way that always works, and the
 * reference for faster ones. Stateless; any thread.
 */
public final class FolderChanges {
  private FolderChanges() {}

  /**
   * Compares two folders as {@link io.veneer.driver.StorageDriver#changes} says. Files are equal if
   * all that is known of them is; contents are not read.
   *
   * @param newer the folder whose changes are told
   * @param older what it is compared with, or empty for an empty folder
   * @return in the order of the paths
   * @throws DriverException IO if the host fails
   */
  public static List<Change> of(Path newer, Optional<Path> older) {
    try {
      Union now = new Union(Branches.single(newer));
      return older.isEmpty()
          ? TreeComparison.all(now)
          : new TreeComparison(now, new Union(Branches.single(older.get())), false).run();
    } catch (IOException e) {
      throw DriverException.io("cannot compare folders newer=" + newer + " older=" + older, e);
    }
  }
}
