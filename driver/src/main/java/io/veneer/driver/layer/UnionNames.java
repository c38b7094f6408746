// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Removes, renames and links what a layer shows.
 *
 * <p>A name that older branches would show again gets a whiteout. A folder is renamed only where it
 * is the own branch's alone; for others the kernel's overlayfs answers EXDEV (without redirects),
 * and so does aufs. Called inside of {@link LayerContent#change} only.
 */
final class UnionNames {
  private final LayerContent content;
  private final Union union;
  private final Whiteouts whiteouts;

  UnionNames(LayerContent content) {
    this.content = content;
    this.union = content.union();
    this.whiteouts = content.branches().whiteouts();
  }

  void removeFile(LayerPath path) throws IOException {
    if (content.existing(path).isFolder()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "is a folder path=" + path);
    }
    content.letGo(path);
    if (union.showsBelow(path)) {
      hide(path);
    } else {
      Path own = own(path);
      content.changeNames(() -> Files.delete(own), path);
    }
  }

  void removeFolder(LayerPath path) throws IOException {
    Place place = content.existing(path);
    if (!place.isFolder()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "is no folder path=" + path);
    }
    checkIsEmpty(path, place);
    if (union.showsBelow(path)) {
      hide(path);
    } else if (isEmptyOnHost(own(path))) {
      content.changeNames(() -> Files.delete(own(path)), path);
    } else {
      // Only whiteouts are in it, which must not come to light one by one.
      Path staged = content.stagingPlace();
      content.changeNames(() -> HostNodes.rename(own(path), staged), path);
      HostFiles.deleteTree(staged);
    }
  }

  void addName(LayerPath path, LayerPath existing) throws IOException {
    if (content.existing(existing).isFolder()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "a folder has one name only path=" + existing);
    }
    if (union.find(path).isPresent()) {
      throw new DriverException(Kind.ALREADY_EXISTS, "file exists path=" + path);
    }
    Path file = content.copyUp(existing);
    new UnionMaker(content).make(path, place -> Files.createLink(place, file));
  }

  void rename(LayerPath from, LayerPath to) throws IOException {
    Place source = content.existing(from);
    if (from.equals(to)) {
      return;
    }
    if (to.isIn(from)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "cannot move a folder into itself from=" + from + " to=" + to);
    }
    if (from.isIn(to)) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "folder is not empty path=" + to);
    }
    new UnionMaker(content).checkIsFolder(to.parent());
    Optional<Place> target = union.find(to);
    checkTypes(source, target, to);
    checkCanMove(from, source);
    if (target.isPresent() && target.get().isFolder() && whiteouts != Whiteouts.NONE) {
      checkIsEmpty(to, target.get());
    }
    if (target.isPresent() && isSameFile(source, target.get())) {
      return;
    }
    move(from, to, source.isFolder(), target);
  }

  private void move(LayerPath from, LayerPath to, boolean isFolder, Optional<Place> target)
      throws IOException {
    Path own = content.copyUp(from);
    Path folder = content.copyUp(to.parent());
    if (target.isPresent() && !isFolder) {
      content.letGo(to);
    }
    if (isFolder && union.showsBelow(to)) {
      whiteouts.markOpaque(own);
    }
    boolean comesToLight = union.showsBelow(from);
    Path staged = comesToLight ? content.stagingPlace() : null;
    content.changeNames(
        () -> {
          if (target.isPresent() && isFolder && whiteouts != Whiteouts.NONE) {
            removeMarks(own(to));
          }
          whiteouts.reveal(own, folder, to.name());
          if (comesToLight) {
            whiteouts.hide(own.getParent(), from.name(), staged);
          }
        },
        from,
        to);
    content.moveOpened(from, to);
  }

  private void hide(LayerPath path) throws IOException {
    Path folder = content.copyUp(path.parent());
    Path staged = content.stagingPlace();
    content.changeNames(() -> whiteouts.hide(folder, path.name(), staged), path);
  }

  private static void checkTypes(Place source, Optional<Place> target, LayerPath to) {
    if (target.isPresent() && target.get().isFolder() != source.isFolder()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a folder and a file cannot replace each other path="
              + to
              + " isFolder="
              + target.get().isFolder());
    }
  }

  private void checkCanMove(LayerPath from, Place source) {
    if (source.isFolder() && (!union.isInFirst(source) || union.hasBelow(source))) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "cannot rename a folder that older layers show, copy it (EXDEV) path=" + from);
    }
  }

  private void checkIsEmpty(LayerPath path, Place place) throws IOException {
    if (!union.names(place).isEmpty()) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "folder is not empty path=" + path);
    }
  }

  /**
   * Two names of one file: renaming one to the other does nothing, as POSIX has it. Where nothing
   * is below, the host knows best.
   */
  private boolean isSameFile(Place source, Place target) throws IOException {
    return whiteouts != Whiteouts.NONE
        && union.isInFirst(source)
        && union.isInFirst(target)
        && FileStatus.of(source.newest()).isSameFile(FileStatus.of(target.newest()));
  }

  private static boolean isEmptyOnHost(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      return !entries.iterator().hasNext();
    }
  }

  private static void removeMarks(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        HostFiles.deleteTree(entry);
      }
    }
  }

  private Path own(LayerPath path) {
    return path.in(content.branches().top());
  }
}
