// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.aufs;

import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.layer.Branches;
import io.veneer.driver.layer.Layer;
import io.veneer.driver.layer.LayerFolders;
import io.veneer.driver.layer.LayerLayout;
import io.veneer.driver.layer.Whiteouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The folders of aufs.
 *
 * <pre>
 * diff/7      what the layer adds: its branch
 * layers/7    ids of the layers below, one in a line, newest first; empty for a first layer
 * mnt/7       where the kernel shows the whole
 * </pre>
 *
 * <p>A file that is being copied up lies in the folder {@code .wh..wh.orph} of the branch, which
 * aufs has for files without a name and never shows. Threads: as {@link LayerLayout} says.
 */
final class AufsLayout implements LayerLayout {
  private static final String STAGING = ".wh..wh.orph";

  private final Path diffs;
  private final Path lists;
  private final Path mountPoints;

  AufsLayout(Path home) {
    this.diffs = home.resolve("diff");
    this.lists = home.resolve("layers");
    this.mountPoints = home.resolve("mnt");
  }

  @Override
  public void settle(Layer layer) throws IOException {
    Path branch = diffs.resolve(layer.id());
    LayerFolders.ensureTop(branch, layer.hasParent() ? diffs.resolve(layer.parentId()) : null);
    Files.createDirectories(lists);
    LayerFolders.ensureText(lists.resolve(layer.id()), lines(layer.lineage()));
    settleStaging(branch, layer.kind() == SnapshotKind.ACTIVE);
    if (layer.kind() == SnapshotKind.COMMITTED) {
      HostFiles.deleteTree(mountPoints.resolve(layer.id()));
    } else {
      Files.createDirectories(mountPoints.resolve(layer.id()));
    }
  }

  @Override
  public void beforeCommit(Layer layer) {
    // The same branch serves before and after.
  }

  @Override
  public void remove(String id) throws IOException {
    HostFiles.deleteTree(mountPoints.resolve(id));
    HostFiles.deleteTree(lists.resolve(id));
    HostFiles.deleteTree(diffs.resolve(id));
  }

  @Override
  public Set<String> ids() throws IOException {
    Set<String> ids = LayerFolders.ids(diffs, "");
    ids.addAll(LayerFolders.ids(lists, ""));
    ids.addAll(LayerFolders.ids(mountPoints, ""));
    return ids;
  }

  @Override
  public Branches branches(Layer layer) {
    List<Path> folders = new ArrayList<>();
    folders.add(diffs.resolve(layer.id()));
    layer.lineage().forEach(id -> folders.add(diffs.resolve(id)));
    return new Branches(folders, folders.get(0).resolve(STAGING), Whiteouts.AUFS);
  }

  @Override
  public List<Mount> mounts(Layer layer) {
    boolean writable = layer.kind() == SnapshotKind.ACTIVE;
    StringBuilder branches = new StringBuilder("br=" + diffs.resolve(layer.id()));
    branches.append(writable ? "=rw" : "=ro+wh");
    layer.lineage().forEach(id -> branches.append(':').append(diffs.resolve(id)).append("=ro+wh"));
    String access = writable ? "rw" : "ro";
    return List.of(new Mount("aufs", "none", List.of(branches.toString(), "dio", access)));
  }

  @Override
  public Path mountPoint(String id) {
    return mountPoints.resolve(id);
  }

  @Override
  public Path own(Layer layer) {
    return diffs.resolve(layer.id());
  }

  private static String lines(List<String> ids) {
    return ids.isEmpty() ? "" : String.join("\n", ids) + "\n";
  }

  /** Neither making the folder nor removing it is a change of the layer's top folder. */
  private static void settleStaging(Path branch, boolean isNeeded) throws IOException {
    Path staging = branch.resolve(STAGING);
    FileStatus before = FileStatus.of(branch);
    HostFiles.deleteTree(staging);
    if (isNeeded) {
      Files.createDirectory(staging);
    }
    HostNodes.setTimes(branch, before.accessed(), before.modified());
  }
}
