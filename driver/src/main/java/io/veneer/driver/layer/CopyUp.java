// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings what only older branches have into a layer's own branch, before it is changed there.
 *
 * <p>What is no folder is copied whole to the staging folder, with all that is known about it, made
 * durable, and renamed to its place, so that a crash leaves the old or the new; a change of mode or
 * owner alone costs the same. Of a folder only itself is made, with those that lead to it. A folder
 * that gets something by copy_up keeps its times, as nothing changed for who looks at it. A file
 * with several names loses their bond: the other names stay with the old file (as overlayfs without
 * an index). One thread at a time for one layer.
 */
final class CopyUp {
  private final Branches branches;
  private final Union union;
  private final CopyCounter counter;
  private final AtomicLong staged = new AtomicLong();

  CopyUp(Branches branches, Union union, CopyCounter counter) {
    this.branches = branches;
    this.union = union;
    this.counter = counter;
  }

  /** Where a path is in the first branch, from now on; it must show something. */
  Path node(LayerPath path) throws IOException {
    Place place = existing(path);
    Path own = path.in(branches.top());
    if (union.isInFirst(place)) {
      return own;
    }
    if (place.isFolder()) {
      return folder(path);
    }
    folder(path.parent());
    Path copy = stagingPlace();
    try {
      counter.add(FileCopy.copyNode(place.newest(), copy));
      union.changeOnly(() -> appear(copy, own), path);
    } catch (IOException e) {
      HostFiles.deleteTree(copy);
      throw e;
    }
    HostFiles.forceFolder(own.getParent());
    return own;
  }

  /** Where a folder is in the first branch, from now on; it must be shown. */
  Path folder(LayerPath path) throws IOException {
    Place place = existing(path);
    if (!place.isFolder()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a folder path=" + path);
    }
    Path own = path.in(branches.top());
    if (union.isInFirst(place)) {
      return own;
    }
    folder(path.parent());
    Path copy = stagingPlace();
    try {
      Files.createDirectory(copy);
      FileCopy.copyAttributes(place.newest(), copy);
      union.changeOnly(() -> appear(copy, own), path);
    } catch (IOException e) {
      HostFiles.deleteTree(copy);
      throw e;
    }
    HostFiles.forceFolder(own.getParent());
    return own;
  }

  /** A free name in the staging folder. */
  Path stagingPlace() throws IOException {
    Path place = nextStagingPlace();
    while (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      place = nextStagingPlace();
    }
    return place;
  }

  private Path nextStagingPlace() {
    return branches.staging().resolve(branches.whiteouts().stagingName(staged.incrementAndGet()));
  }

  private static void appear(Path copy, Path own) throws IOException {
    FileStatus before = FileStatus.of(own.getParent());
    HostNodes.rename(copy, own);
    HostNodes.setTimes(own.getParent(), before.accessed(), before.modified());
  }

  private Place existing(LayerPath path) throws IOException {
    return union
        .find(path)
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such file path=" + path));
  }
}
