// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Change;
import io.veneer.driver.ChangeKind;
import io.veneer.driver.archive.Packer;
import io.veneer.driver.archive.UnpackOptions;
import io.veneer.driver.archive.Unpacker;
import io.veneer.driver.archive.WhiteoutForm;
import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares layers, and turns what they change into archives and back, without a mount.
 *
 * <p>The archive of a layer against its parent is written from the layer's own branch, where all
 * that it changed is. Against an older one, what several branches changed is first put together in
 * a folder of second names. An archive is read straight into the layer's own branch, with whiteouts
 * in the branch's form; what it names but does not bring is copied up. Threads: as {@link
 * LayerContent} says.
 */
final class LayerArchives {
  private final Path scratch;

  /**
   * Makes it.
   *
   * @param scratch where folders are put together, in the file system of the layers; made if
   *     missing
   */
  LayerArchives(Path scratch) {
    this.scratch = scratch;
  }

  List<Change> changes(Branches newer, Optional<Branches> older) throws IOException {
    Union now = new Union(newer);
    return older.isEmpty()
        ? TreeComparison.all(now)
        : new TreeComparison(now, new Union(older.get()), newer.folders().size() > 1).run();
  }

  void diff(Branches newer, Optional<Branches> older, OutputStream tar) throws IOException {
    List<Change> changes = changes(newer, older);
    Union now = new Union(newer);
    if (isInOneFolder(now, changes)) {
      Packer.pack(newer.top(), changes, tar);
      return;
    }
    Files.createDirectories(scratch);
    Path folder = Files.createTempDirectory(scratch, "diff");
    try {
      putTogether(now, changes, folder);
      Packer.pack(folder, changes, tar);
    } finally {
      HostFiles.deleteTree(folder);
    }
  }

  long diffSize(Branches newer, Optional<Branches> older) throws IOException {
    Union now = new Union(newer);
    Set<Object> counted = new HashSet<>();
    long sizeBytes = 0;
    for (Change change : changes(newer, older)) {
      Optional<Place> place = find(now, change);
      if (place.isPresent() && !place.get().isFolder()) {
        FileStatus status = FileStatus.of(place.get().newest());
        if (status.isFile() && counted.add(List.of(status.holder(), status.inode()))) {
          sizeBytes += status.sizeBytes();
        }
      }
    }
    return sizeBytes;
  }

  /** Reads an archive into a layer's own branch. */
  static long apply(LayerContent content, InputStream tar) throws IOException {
    long[] contentBytes = new long[1];
    content.changeAll(
        () -> {
          Branches branches = content.branches();
          UnpackOptions options =
              branches.whiteouts() == Whiteouts.NONE
                  ? UnpackOptions.wholeTree()
                  : UnpackOptions.oneLayer(form(branches.whiteouts()), content::bringUp);
          contentBytes[0] = Unpacker.unpack(tar, branches.top(), options).contentBytes();
          content.union().settleTop();
        });
    return contentBytes[0];
  }

  private static WhiteoutForm form(Whiteouts whiteouts) {
    return switch (whiteouts) {
      case NONE -> WhiteoutForm.REMOVE;
      case OVERLAY -> WhiteoutForm.OVERLAY;
      case OVERLAY_USER -> WhiteoutForm.OVERLAY_USER;
      case AUFS -> WhiteoutForm.AUFS;
    };
  }

  private static boolean isInOneFolder(Union now, List<Change> changes) throws IOException {
    for (Change change : changes) {
      Optional<Place> place = find(now, change);
      if (place.isPresent() && !now.isInFirst(place.get())) {
        return false;
      }
    }
    return true;
  }

  /** Gives every changed file a second name; folders are made like those that are shown. */
  private static void putTogether(Union now, List<Change> changes, Path folder) throws IOException {
    for (Change change : changes) {
      Optional<Place> place = find(now, change);
      if (place.isPresent()) {
        Path target = path(change).in(folder);
        if (place.get().isFolder()) {
          Files.createDirectory(target);
        } else {
          Files.createLink(target, place.get().newest());
        }
      }
    }
    // From the end, because a folder's times are those before something was put in.
    for (int i = changes.size() - 1; i >= 0; i--) {
      Path target = path(changes.get(i)).in(folder);
      if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        FileCopy.copyAttributes(find(now, changes.get(i)).orElseThrow().newest(), target);
      }
    }
  }

  private static Optional<Place> find(Union now, Change change) throws IOException {
    return change.kind() == ChangeKind.DELETED ? Optional.empty() : now.find(path(change));
  }

  private static LayerPath path(Change change) {
    return new LayerPath(List.of(change.path().split("/")));
  }
}
