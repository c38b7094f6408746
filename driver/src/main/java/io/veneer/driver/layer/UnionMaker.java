// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes what was not there, in a layer's own branch.
 *
 * <p>Where the branch has a whiteout of the name, the new thing is put together in the staging
 * folder and takes the whiteout's place; a folder there is opaque, so that what was hidden stays
 * so. Called inside of {@link LayerContent#change} only.
 */
final class UnionMaker {
  private static final int FOLDER_PERMISSIONS = 0755;
  private static final int FILE_PERMISSIONS = 0644;
  private static final int SET_GROUP_ID = 02000;

  /** Makes one thing at a place of the host. */
  interface Maker {
    void make(Path place) throws IOException;
  }

  private final LayerContent content;

  UnionMaker(LayerContent content) {
    this.content = content;
  }

  /** Makes something at a path that shows nothing. */
  void make(LayerPath path, Maker maker) throws IOException {
    if (content.union().find(path).isPresent()) {
      throw new DriverException(Kind.ALREADY_EXISTS, "file exists path=" + path);
    }
    checkIsFolder(path.parent());
    Path folder = content.copyUp(path.parent());
    Path own = folder.resolve(path.name());
    if (content.branches().whiteouts().hides(folder, path.name())) {
      replaceWhiteout(path, folder, maker);
    } else {
      content.changeNames(() -> maker.make(own), path);
    }
  }

  /** Makes an empty file, and folders that lead to it, all durable on return. */
  void makeFileAndFolders(LayerPath path) throws IOException {
    for (int depth = 1; depth < path.depth(); depth++) {
      LayerPath folder = new LayerPath(path.names().subList(0, depth));
      if (content.union().find(folder).isEmpty()) {
        make(folder, place -> makeFolder(place, FOLDER_PERMISSIONS));
        HostFiles.forceFolder(folder.in(content.branches().top()).getParent());
      }
    }
    make(path, place -> makeFile(place, FILE_PERMISSIONS));
    HostFiles.forceFolder(path.in(content.branches().top()).getParent());
  }

  void checkIsFolder(LayerPath path) throws IOException {
    if (!content.existing(path).isFolder()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a folder path=" + path);
    }
  }

  static void makeFile(Path place, int permissions) throws IOException {
    Files.createFile(place);
    HostNodes.setPermissions(place, permissions);
  }

  /** A folder in one that passes its group on does the same. */
  static void makeFolder(Path place, int permissions) throws IOException {
    Files.createDirectory(place);
    int passedOn = FileStatus.of(place).permissions() & SET_GROUP_ID;
    HostNodes.setPermissions(place, permissions | passedOn);
  }

  private void replaceWhiteout(LayerPath path, Path folder, Maker maker) throws IOException {
    Path staged = content.stagingPlace();
    try {
      maker.make(staged);
      takeGroup(folder, staged);
      if (Files.isDirectory(staged) && content.union().showsBelow(path)) {
        content.branches().whiteouts().markOpaque(staged);
      }
      content.changeNames(
          () -> content.branches().whiteouts().reveal(staged, folder, path.name()), path);
    } catch (IOException e) {
      HostFiles.deleteTree(staged);
      throw e;
    }
  }

  /** What the host does itself for a file made in a folder that passes its group on. */
  private static void takeGroup(Path folder, Path staged) throws IOException {
    FileStatus parent = FileStatus.of(folder);
    if ((parent.permissions() & SET_GROUP_ID) == 0) {
      return;
    }
    FileStatus made = FileStatus.of(staged);
    HostNodes.setOwner(staged, made.owner(), parent.group());
    if (made.isFolder()) {
      HostNodes.setPermissions(staged, made.permissions() | SET_GROUP_ID);
    }
  }
}
