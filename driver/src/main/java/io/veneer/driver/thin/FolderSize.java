// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.DriverException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The sizes of the files that changed in a folder, each once. Stateless; any thread. */
final class FolderSize {
  private FolderSize() {}

  static long of(Path folder, List<Change> changes) {
    Set<Object> seen = new HashSet<>();
    long bytes = 0;
    try {
      for (Change change : changes) {
        if (change.kind() == ChangeKind.DELETED) {
          continue;
        }
        BasicFileAttributes found =
            Files.readAttributes(
                folder.resolve(change.path()),
                BasicFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        if (found.isRegularFile() && seen.add(found.fileKey())) {
          bytes += found.size();
        }
      }
      return bytes;
    } catch (IOException e) {
      throw DriverException.io("cannot measure changes folder=" + folder, e);
    }
  }
}
