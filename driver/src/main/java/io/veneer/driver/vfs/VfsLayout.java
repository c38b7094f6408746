// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.vfs;

import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.TreeCopy;
import io.veneer.driver.layer.Branches;
import io.veneer.driver.layer.CopyCounter;
import io.veneer.driver.layer.Layer;
import io.veneer.driver.layer.LayerFolders;
import io.veneer.driver.layer.LayerLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * The folders of vfs: {@code dir/7} is the whole tree of a layer, copied from its parent's when it
 * is created; {@code dir/7.new} is a copy being made; {@code mnt/7} is where the tree is shown for
 * reading only. Threads: as {@link LayerLayout} says.
 */
final class VfsLayout implements LayerLayout {
  private static final String UNFINISHED = ".new";

  private final Path trees;
  private final Path mountPoints;
  private final CopyCounter counter;

  VfsLayout(Path home, CopyCounter counter) {
    this.trees = home.resolve("dir");
    this.mountPoints = home.resolve("mnt");
    this.counter = counter;
  }

  @Override
  public void settle(Layer layer) throws IOException {
    HostFiles.deleteTree(mountPoint(layer.id()));
    Path tree = trees.resolve(layer.id());
    if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path unfinished = unfinished(layer.id());
    HostFiles.deleteTree(unfinished);
    if (layer.hasParent()) {
      Files.createDirectories(trees);
      counter.add(TreeCopy.copy(trees.resolve(layer.parentId()), unfinished));
    } else {
      LayerFolders.ensureTop(unfinished, null);
    }
    Files.move(unfinished, tree, StandardCopyOption.ATOMIC_MOVE);
    HostFiles.forceFolder(trees);
  }

  @Override
  public void beforeCommit(Layer layer) {
    // The same tree serves before and after.
  }

  @Override
  public void remove(String id) throws IOException {
    HostFiles.deleteTree(mountPoint(id));
    HostFiles.deleteTree(unfinished(id));
    HostFiles.deleteTree(trees.resolve(id));
  }

  @Override
  public Set<String> ids() throws IOException {
    Set<String> ids = LayerFolders.ids(trees, UNFINISHED);
    ids.addAll(LayerFolders.ids(mountPoints, ""));
    return ids;
  }

  @Override
  public Branches branches(Layer layer) {
    return Branches.single(trees.resolve(layer.id()));
  }

  @Override
  public List<Mount> mounts(Layer layer) {
    return List.of(
        Mount.bind(trees.resolve(layer.id()).toString(), layer.kind() != SnapshotKind.ACTIVE));
  }

  @Override
  public Path mountPoint(String id) {
    return mountPoints.resolve(id);
  }

  @Override
  public Path own(Layer layer) {
    return trees.resolve(layer.id());
  }

  private Path unfinished(String id) {
    return trees.resolve(id + UNFINISHED);
  }
}
