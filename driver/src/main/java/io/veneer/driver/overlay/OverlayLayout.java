// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay;

import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.TreeCopy;
import io.veneer.driver.layer.Branches;
import io.veneer.driver.layer.Layer;
import io.veneer.driver.layer.LayerFolders;
import io.veneer.driver.layer.LayerLayout;
import io.veneer.driver.layer.OverlayOptions;
import io.veneer.driver.layer.Whiteouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The folders of overlay, Docker's first driver on overlayfs, which could take one lower folder
 * only.
 *
 * <pre>
 * 7/root       the whole tree: of a committed layer, and of a first layer from its beginning
 * 7/upper      what an active layer adds to its parent's root
 * 7/work       where files are put together before they appear
 * 7/merged     where the kernel shows the whole
 * 7/lower-id   id of the parent, whose root is the one lower folder
 * 7/tmproot    the root that a commit is making
 * </pre>
 *
 * <p>A commit gives every file of the parent's root a second name in the new root, and then those
 * of upper in their place: a tree of hard links for each layer, inodes by the number of names.
 * Nobody writes into a root of a committed layer, so that sharing the files is safe. Threads: as
 * {@link LayerLayout} says.
 */
final class OverlayLayout implements LayerLayout {
  private static final String ROOT = "root";
  private static final String UPPER = "upper";
  private static final String WORK = "work";
  private static final String MERGED = "merged";
  private static final String LOWER_ID = "lower-id";
  private static final String UNFINISHED_ROOT = "tmproot";

  private final Path home;

  OverlayLayout(Path home) {
    this.home = home;
  }

  @Override
  public void settle(Layer layer) throws IOException {
    Path folder = home.resolve(layer.id());
    if (!layer.hasParent()) {
      LayerFolders.ensureTop(folder.resolve(ROOT), null);
      HostFiles.deleteTree(folder.resolve(MERGED));
    } else if (layer.kind() == SnapshotKind.COMMITTED) {
      settleCommitted(folder);
    } else {
      settleOpen(folder, layer);
    }
  }

  @Override
  public void beforeCommit(Layer layer) throws IOException {
    if (!layer.hasParent()) {
      return;
    }
    Path folder = home.resolve(layer.id());
    Path root = folder.resolve(UNFINISHED_ROOT);
    HostFiles.deleteTree(root);
    TreeCopy.link(root(layer.parentId()), root);
    new UpperFolder(folder.resolve(UPPER)).mergeInto(root);
    HostFiles.forceTree(root);
    HostFiles.forceFolder(folder);
  }

  @Override
  public void remove(String id) throws IOException {
    HostFiles.deleteTree(home.resolve(id));
  }

  @Override
  public Set<String> ids() throws IOException {
    return LayerFolders.ids(home, "");
  }

  @Override
  public Branches branches(Layer layer) {
    if (isWhole(layer)) {
      return Branches.single(root(layer.id()));
    }
    Path folder = home.resolve(layer.id());
    return new Branches(
        List.of(folder.resolve(UPPER), root(layer.parentId())),
        folder.resolve(WORK),
        Whiteouts.overlay());
  }

  @Override
  public List<Mount> mounts(Layer layer) {
    boolean readOnly = layer.kind() != SnapshotKind.ACTIVE;
    if (isWhole(layer)) {
      return List.of(Mount.bind(root(layer.id()).toString(), readOnly));
    }
    if (readOnly) {
      return List.of(Mount.bind(root(layer.parentId()).toString(), true));
    }
    Path folder = home.resolve(layer.id());
    List<String> options = new ArrayList<>();
    options.add("lowerdir=" + root(layer.parentId()));
    options.add("upperdir=" + folder.resolve(UPPER));
    options.add("workdir=" + folder.resolve(WORK));
    options.addAll(OverlayOptions.ofHost());
    return List.of(new Mount("overlay", "overlay", options));
  }

  @Override
  public Path mountPoint(String id) {
    return home.resolve(id).resolve(MERGED);
  }

  @Override
  public Path own(Layer layer) {
    return isWhole(layer) ? root(layer.id()) : home.resolve(layer.id()).resolve(UPPER);
  }

  /** The files that a tree of hard links has in common with its parent's are the parent's. */
  @Override
  public HostFiles.TreeSize size(Layer layer) throws IOException {
    return isWhole(layer) && layer.hasParent()
        ? HostFiles.sizeOf(own(layer), Optional.of(root(layer.parentId())))
        : HostFiles.sizeOf(own(layer));
  }

  private void settleOpen(Path folder, Layer layer) throws IOException {
    LayerFolders.ensureTop(folder.resolve(UPPER), root(layer.parentId()));
    Files.createDirectories(folder.resolve(MERGED));
    LayerFolders.ensureText(folder.resolve(LOWER_ID), layer.parentId());
    HostFiles.deleteTree(folder.resolve(UNFINISHED_ROOT));
    HostFiles.deleteTree(folder.resolve(WORK));
    Files.createDirectory(folder.resolve(WORK));
  }

  private static void settleCommitted(Path folder) throws IOException {
    Path unfinished = folder.resolve(UNFINISHED_ROOT);
    if (Files.exists(unfinished, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(unfinished, folder.resolve(ROOT), StandardCopyOption.ATOMIC_MOVE);
      HostFiles.forceFolder(folder);
    }
    for (String each : List.of(UPPER, WORK, MERGED, LOWER_ID)) {
      HostFiles.deleteTree(folder.resolve(each));
    }
  }

  /** Whether a layer has everything in one tree of its own. */
  private static boolean isWhole(Layer layer) {
    return !layer.hasParent() || layer.kind() == SnapshotKind.COMMITTED;
  }

  private Path root(String id) {
    return home.resolve(id).resolve(ROOT);
  }
}
