// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.Mount;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.attach.LoopDevice;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.thin.VolumeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk image whose file system is shown as a folder, just as that on a thin device is: the same
 * loop device, the same options. Needs root. One thread at a time; ended by one of {@link #hide}
 * and {@link #abandon}, once.
 */
final class MountedImage {
  private final LoopDevice loop;
  private final Path folder;

  private MountedImage(LoopDevice loop, Path folder) {
    this.loop = loop;
    this.folder = folder;
  }

  /** Shows an image at a folder, which is made. */
  static MountedImage show(Path image, VolumeKind kind, Path folder) throws IOException {
    LoopDevice loop = LoopDevice.onto(image, false, Attachments.DEFAULT_SECTOR_BYTES);
    try {
      Files.createDirectories(folder);
      List<String> options = kind.mountOptions(false, List.of());
      HostMounts.mount(new Mount(kind.typeName(), loop.path().toString(), options), folder);
      return new MountedImage(loop, folder);
    } catch (IOException | RuntimeException e) {
      loop.close();
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  /** Writes back all that is cached of it. */
  void writeBack() throws IOException {
    HostMounts.writeBack(folder);
  }

  /**
   * Ends it, with everything written back.
   *
   * @throws IOException if a program has something of it open; then it goes when that program
   *     closes it, and the image is not to be shown before
   */
  void hide() throws IOException {
    boolean released = false;
    try {
      HostMounts.unmount(folder);
      released = loop.release();
    } finally {
      if (!released) {
        loop.close();
      }
    }
    if (!released) {
      throw new IOException("disk image is in use, end its users: path=" + loop.path());
    }
    Files.deleteIfExists(folder);
  }

  /** Ends it at once: what has files open goes on with them, and nothing stays behind that. */
  void abandon() throws IOException {
    try {
      HostMounts.unmount(folder);
    } finally {
      loop.close();
    }
  }
}
