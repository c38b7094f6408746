// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.Mount;
import io.veneer.driver.host.HostMounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows layers as folders of the host, each in the mount point that its layout has for it. What is
 * one folder anyway and may be written is shown as it is, without a mount. Threads: never two calls
 * for one layer at a time.
 */
final class MountedLayers {
  private static final Logger LOG = LoggerFactory.getLogger(MountedLayers.class);

  private final LayerLayout layout;

  MountedLayers(LayerLayout layout) {
    this.layout = layout;
  }

  Path show(Layer layer) throws IOException {
    List<Mount> mounts = layout.mounts(layer);
    if (isFolder(mounts)) {
      return Path.of(mounts.get(0).source());
    }
    mounts.forEach(mount -> HostMounts.checkCanMount(mount.type()));
    Path target = layout.mountPoint(layer.id());
    Files.createDirectories(target);
    for (Mount mount : mounts) {
      HostMounts.mount(mount, target);
    }
    return target;
  }

  void hide(Layer layer) throws IOException {
    if (isFolder(layout.mounts(layer))) {
      return;
    }
    Path target = layout.mountPoint(layer.id());
    HostMounts.unmount(target);
    Files.deleteIfExists(target);
  }

  /** Takes away what a process that was killed left mounted; nothing else that is mounted here. */
  void unmountLeftBehind(Path home) throws IOException {
    Set<Path> mountPoints = new HashSet<>();
    for (String id : layout.ids()) {
      Path target = layout.mountPoint(id);
      if (Files.isDirectory(target)) {
        mountPoints.add(target.toRealPath());
      }
    }
    for (Path mounted : HostMounts.mountedUnder(home)) {
      if (mountPoints.contains(mounted)) {
        LOG.info("unmounting what was left behind folder={}", mounted);
        HostMounts.unmount(mounted);
      }
    }
  }

  private static boolean isFolder(List<Mount> mounts) {
    Mount first = mounts.get(0);
    return mounts.size() == 1 && first.type().equals("bind") && first.options().contains("rw");
  }
}
