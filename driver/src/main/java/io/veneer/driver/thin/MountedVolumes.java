// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.DriverException;
import io.veneer.driver.Mount;
import io.veneer.driver.attach.Attachment;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.attach.Via;
import io.veneer.driver.host.HostMounts;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows volumes as folders: attaches the device and mounts the file system on it.
 *
 * <p>Mount points are named by device ids, so that no key can be a path. Any thread; never two
 * calls for one device at a time. Needs root. The attachments belong to the caller.
 */
final class MountedVolumes {
  private static final Logger LOG = LoggerFactory.getLogger(MountedVolumes.class);

  private final ThinPool pool;
  private final Attachments attachments;
  private final VolumeOptions options;
  private final Path folder;

  MountedVolumes(ThinPool pool, Attachments attachments, VolumeOptions options, Path folder) {
    this.pool = pool;
    this.attachments = attachments;
    this.options = options;
    this.folder = folder;
  }

  /** The same volumes at other mount points: what is there is nobody's but one call's. */
  MountedVolumes forOneCall() {
    return new MountedVolumes(pool, attachments, options, folder.resolveSibling("work"));
  }

  /** Whether what is shown when this process ends is shown on by the next. */
  boolean isKept() {
    return attachments.isKept();
  }

  /**
   * What an earlier process showed, and this one serves on.
   *
   * @return the folders, by the devices' names
   */
  Map<String, Path> stillShown() {
    Map<Path, String> devices = new HashMap<>();
    attachments.list().forEach(each -> devices.put(target(each.device()), each.device()));
    Map<String, Path> shown = new HashMap<>();
    for (Path mounted : mounted()) {
      Path target = folder.resolve(mounted.getFileName());
      if (devices.containsKey(target)) {
        shown.put(devices.get(target), target);
      }
    }
    return shown;
  }

  private List<Path> mounted() {
    try {
      return HostMounts.mountedUnder(folder);
    } catch (IOException e) {
      throw DriverException.io("cannot tell what is mounted folder=" + folder, e);
    }
  }

  /** Takes away all that an earlier process had mounted. */
  void unmountLeftovers() {
    for (Path mounted : mounted()) {
      try {
        HostMounts.unmount(mounted);
      } catch (IOException e) {
        throw DriverException.io("cannot unmount what an earlier process left " + mounted, e);
      }
    }
    removeLeftovers();
  }

  /** Removes mount points that an earlier process left, unless something is mounted on them. */
  void removeLeftovers() {
    if (Files.notExists(folder)) {
      return;
    }
    try (DirectoryStream<Path> points = Files.newDirectoryStream(folder)) {
      for (Path point : points) {
        removeIfFree(point);
      }
    } catch (IOException e) {
      throw DriverException.io("cannot look for mount points folder=" + folder, e);
    }
  }

  private static void removeIfFree(Path point) {
    try {
      Files.deleteIfExists(point);
    } catch (IOException e) {
      LOG.info("mount point of an earlier process stays, it is in use: {}", point);
    }
  }

  /** Tells how to mount a device's file system; the device is attached afterwards. */
  Mount mount(String device, VolumeKind kind, boolean readOnly, List<String> moreOptions) {
    List<String> all = new ArrayList<>(kind == options.kind() ? options.mountOptions() : List.of());
    all.addAll(moreOptions);
    Attachment attached = translated(() -> attachments.attach(device, readOnly, Via.AUTO));
    return new Mount(kind.typeName(), attached.path().toString(), kind.mountOptions(readOnly, all));
  }

  /** Mounts a device's file system in a usual way. */
  Path show(String device, VolumeKind kind, boolean readOnly) {
    return show(device, kind, false, mount(device, kind, readOnly, List.of()));
  }

  /** Mounts a device's file system, which is made as large as the device if that is asked for. */
  Path show(String device, VolumeKind kind, boolean grow, Mount mount) {
    Path target = target(device);
    try {
      HostMounts.checkCanMount(mount.type());
      Files.createDirectories(target);
      if (grow) {
        kind.growUnmounted(Path.of(mount.source()));
      }
      HostMounts.mount(mount, target);
      if (grow) {
        growMounted(kind, target);
      }
      return target;
    } catch (IOException e) {
      release(device);
      throw DriverException.io(
          "cannot mount, are the options right? device="
              + device
              + " on="
              + mount.source()
              + " options="
              + String.join(",", mount.options()),
          e);
    }
  }

  private static void growMounted(VolumeKind kind, Path target) throws IOException {
    try {
      kind.growMounted(target);
    } catch (IOException e) {
      HostMounts.unmount(target);
      throw e;
    }
  }

  /** Where a device is shown, or would be. */
  Path target(String device) {
    DeviceInfo info = translated(() -> pool.device(device));
    return folder.resolve(Integer.toString(info.id()));
  }

  /** Does something while nobody changes the file systems on a device, which are consistent. */
  void whileQuiet(String device, Runnable work) {
    translated(
        () -> {
          try {
            attachments.whileQuiet(device, work);
          } catch (PoolException e) {
            // Holding still writes back first, for which a full pool has no room.
            throw LostWrites.areOfAFullPool(pool, device) ? LostWrites.full(device, e) : e;
          }
        });
  }

  /** Ends {@link #show}; who has files open goes on with them until the device is detached. */
  void hide(String device) {
    Path target = target(device);
    try {
      HostMounts.unmount(target);
      Files.deleteIfExists(target);
    } catch (IOException e) {
      throw DriverException.io("cannot unmount device=" + device + " folder=" + target, e);
    } finally {
      release(device);
    }
  }

  /** Whether a device has a block device path. */
  boolean isAttached(String device) {
    return attachments.list().stream().anyMatch(each -> each.device().equals(device));
  }

  /** Takes the block device path back, as soon as nobody uses it. */
  void release(String device) {
    translated(() -> attachments.release(device));
  }
}
