// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * A layout in which every layer is a whole tree, made from its parent's when it is created: {@code
 * dir/7} is the tree, {@code dir/7.new} one being made, {@code mnt/7} where a tree is shown for
 * reading only. Nothing is ever hidden, so that there are no whiteouts. Threads: as {@link
 * LayerLayout} says.
 */
public class WholeTrees implements LayerLayout {
  /** Makes a tree like another. */
  @FunctionalInterface
  public interface Making {
    /**
     * Makes the tree; the files' contents are durable on return.
     *
     * @param from a folder
     * @param to the new folder, which is not there
     * @throws IOException if the host fails; a part may be there
     */
    void make(Path from, Path to) throws IOException;
  }

  private static final String UNFINISHED = ".new";

  private final Path trees;
  private final Path mountPoints;
  private final Making making;

  /**
   * Makes the layout.
   *
   * @param home the driver's folder
   * @param making how a layer's tree comes from its parent's
   */
  public WholeTrees(Path home, Making making) {
    this.trees = home.resolve("dir");
    this.mountPoints = home.resolve("mnt");
    this.making = making;
  }

  @Override
  public final void settle(Layer layer) throws IOException {
    HostFiles.deleteTree(mountPoint(layer.id()));
    Path tree = own(layer);
    if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path unfinished = unfinished(layer.id());
    HostFiles.deleteTree(unfinished);
    if (layer.hasParent()) {
      Files.createDirectories(trees);
      making.make(trees.resolve(layer.parentId()), unfinished);
    } else {
      LayerFolders.ensureTop(unfinished, null);
    }
    Files.move(unfinished, tree, StandardCopyOption.ATOMIC_MOVE);
    HostFiles.forceFolder(trees);
  }

  @Override
  public final void beforeCommit(Layer layer) {
    // The same tree serves before and after.
  }

  @Override
  public final void remove(String id) throws IOException {
    HostFiles.deleteTree(mountPoint(id));
    HostFiles.deleteTree(unfinished(id));
    HostFiles.deleteTree(trees.resolve(id));
  }

  @Override
  public final Set<String> ids() throws IOException {
    Set<String> ids = LayerFolders.ids(trees, UNFINISHED);
    ids.addAll(LayerFolders.ids(mountPoints, ""));
    return ids;
  }

  @Override
  public final Branches branches(Layer layer) {
    return Branches.single(own(layer));
  }

  @Override
  public final List<Mount> mounts(Layer layer) {
    return List.of(Mount.bind(own(layer).toString(), layer.kind() != SnapshotKind.ACTIVE));
  }

  @Override
  public final Path mountPoint(String id) {
    return mountPoints.resolve(id);
  }

  @Override
  public final Path own(Layer layer) {
    return trees.resolve(layer.id());
  }

  /**
   * Where the parent's tree is.
   *
   * @param layer a layer with a parent
   * @return its parent's folder
   */
  protected final Path parentTree(Layer layer) {
    return trees.resolve(layer.parentId());
  }

  private Path unfinished(String id) {
    return trees.resolve(id + UNFINISHED);
  }
}
