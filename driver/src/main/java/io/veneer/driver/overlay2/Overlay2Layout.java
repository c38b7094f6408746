// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import io.veneer.driver.Mount;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.HostFiles;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The folders of overlay2.
 *
 * <pre>
 * 7/diff      what the layer adds
 * 7/link      its short name
 * 7/lower     the layers below, newest first: l/SHORT:l/SHORT:...   (not in a first layer)
 * 7/work      where files are put together before they appear       (while active, not in a first layer)
 * 7/merged    where the kernel shows the whole                      (while mountable, not in a first layer)
 * l/SHORT     link to ../7/diff; short, because all of them must fit in one page of mount options
 * </pre>
 *
 * <p>The contents of {@code link} and {@code lower} follow from the records, so that they are
 * written again if a power cut took them. Threads: as {@link LayerLayout} says.
 */
final class Overlay2Layout implements LayerLayout {
  private static final String LINKS = "l";
  private static final String DIFF = "diff";
  private static final String WORK = "work";
  private static final String MERGED = "merged";

  private final Path home;

  Overlay2Layout(Path home) {
    this.home = home;
  }

  @Override
  public void settle(Layer layer) throws IOException {
    Path folder = home.resolve(layer.id());
    LayerFolders.ensureTop(diff(layer.id()), layer.hasParent() ? diff(layer.parentId()) : null);
    LayerFolders.ensureText(folder.resolve("link"), ShortName.of(layer.id()));
    ensureLink(layer.id());
    HostFiles.deleteTree(folder.resolve(WORK));
    if (!layer.hasParent() || layer.kind() == SnapshotKind.COMMITTED) {
      HostFiles.deleteTree(folder.resolve(MERGED));
    }
    if (!layer.hasParent()) {
      return;
    }
    LayerFolders.ensureText(folder.resolve("lower"), String.join(":", lower(layer)));
    if (layer.kind() != SnapshotKind.COMMITTED) {
      Files.createDirectories(folder.resolve(MERGED));
    }
    if (layer.kind() == SnapshotKind.ACTIVE) {
      Files.createDirectory(folder.resolve(WORK));
    }
  }

  @Override
  public void beforeCommit(Layer layer) {
    // The same folder serves before and after.
  }

  @Override
  public void remove(String id) throws IOException {
    Files.deleteIfExists(link(id));
    HostFiles.deleteTree(home.resolve(id));
  }

  @Override
  public Set<String> ids() throws IOException {
    return LayerFolders.ids(home, "");
  }

  @Override
  public Branches branches(Layer layer) {
    List<Path> folders = new ArrayList<>();
    folders.add(diff(layer.id()));
    layer.lineage().forEach(id -> folders.add(diff(id)));
    return layer.hasParent()
        ? new Branches(folders, home.resolve(layer.id()).resolve(WORK), Whiteouts.overlay())
        : Branches.single(diff(layer.id()));
  }

  @Override
  public List<Mount> mounts(Layer layer) {
    boolean readOnly = layer.kind() != SnapshotKind.ACTIVE;
    if (!layer.hasParent()) {
      return List.of(Mount.bind(diff(layer.id()).toString(), readOnly));
    }
    List<String> lower = new ArrayList<>(lower(layer));
    if (layer.kind() == SnapshotKind.COMMITTED) {
      lower.add(0, LINKS + "/" + ShortName.of(layer.id()));
    }
    if (lower.size() == 1 && readOnly) {
      return List.of(Mount.bind(diff(layer.parentId()).toString(), true));
    }
    List<String> options = new ArrayList<>();
    options.add(
        lower.stream()
            .map(link -> home.resolve(link).toString())
            .collect(Collectors.joining(":", "lowerdir=", "")));
    if (readOnly) {
      options.add("ro");
    } else {
      options.add("upperdir=" + diff(layer.id()));
      options.add("workdir=" + home.resolve(layer.id()).resolve(WORK));
    }
    options.addAll(OverlayOptions.ofHost());
    return List.of(new Mount("overlay", "overlay", options));
  }

  @Override
  public Path mountPoint(String id) {
    return home.resolve(id).resolve(MERGED);
  }

  @Override
  public Path own(Layer layer) {
    return diff(layer.id());
  }

  private List<String> lower(Layer layer) {
    return layer.lineage().stream().map(id -> LINKS + "/" + ShortName.of(id)).toList();
  }

  private void ensureLink(String id) throws IOException {
    Path link = link(id);
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, Path.of("..", id, DIFF));
    }
  }

  private Path link(String id) {
    return home.resolve(LINKS).resolve(ShortName.of(id));
  }

  private Path diff(String id) {
    return home.resolve(id).resolve(DIFF);
  }
}
