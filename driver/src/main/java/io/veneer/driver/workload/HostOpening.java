// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.overlay.OverlayDriver;
import io.veneer.driver.overlay2.Overlay2Driver;
import io.veneer.driver.reflink.ReflinkDriver;
import io.veneer.driver.vfs.VfsDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The ways to open a host, in the order in which hosts are shown. Each fails with its reason. */
enum HostOpening {
  /** Blocks: ext4 on an attached thin device. */
  THIN("thin") {
    @Override
    LayerHost open(Path folder, Sizes sizes) throws IOException {
      return ThinHosts.open(folder, sizes.volumeBytes());
    }
  },
  /** Files, through the kernel's overlayfs with many lower directories. */
  OVERLAY2("overlay2") {
    @Override
    LayerHost open(Path folder, Sizes sizes) {
      return fileLevel(this, Overlay2Driver.open(folder), folder, OptionalLong.empty());
    }
  },
  /** Files, through overlayfs with one lower directory of hard links. */
  OVERLAY("overlay") {
    @Override
    LayerHost open(Path folder, Sizes sizes) {
      return fileLevel(this, OverlayDriver.open(folder), folder, OptionalLong.empty());
    }
  },
  /** A full copy for each layer. */
  VFS("vfs") {
    @Override
    LayerHost open(Path folder, Sizes sizes) {
      StorageDriver driver = VfsDriver.open(folder);
      return new DriverHost(
          hostName(),
          driver,
          DriverHost.Room.of(folder),
          () -> OptionalLong.of(driver.copiedBytes()));
    }
  },
  /** A clone of every file for each layer, on a volume whose file system can. */
  REFLINK(ReflinkDriver.NAME) {
    @Override
    LayerHost open(Path folder, Sizes sizes) throws IOException {
      HostVolume volume =
          HostVolume.mount(folder, "xfs", sizes.volumeBytes(), "-q", "-m", "reflink=1");
      try {
        StorageDriver driver = ReflinkDriver.open(volume.folder().resolve(hostName()));
        return new DriverHost(
            hostName(),
            driver,
            volume::heldBytes,
            () -> OptionalLong.of(driver.copiedBytes()),
            volume::close);
      } catch (RuntimeException e) {
        volume.close();
        throw e;
      }
    }
  },
  /** Snapshots of btrfs, on a volume of its own. */
  BTRFS(BtrfsHost.NAME) {
    @Override
    LayerHost open(Path folder, Sizes sizes) throws IOException {
      return new BtrfsHost(HostVolume.mount(folder, "btrfs", sizes.volumeBytes(), "-q"));
    }
  },
  /** No driver: full copies of disk images, the floor of what has a file system of its own. */
  RAW(RawHost.NAME) {
    @Override
    LayerHost open(Path folder, Sizes sizes) throws IOException {
      return RawHost.open(folder, sizes.volumeBytes());
    }
  },
  /** No driver: plain folders, the floor. */
  PLAIN(PlainHost.NAME) {
    @Override
    LayerHost open(Path folder, Sizes sizes) {
      return new PlainHost(folder);
    }
  };

  /**
   * How large things have to be.
   *
   * @param volumeBytes size of volumes that have one
   */
  record Sizes(long volumeBytes) {}

  private final String hostName;

  HostOpening(String hostName) {
    this.hostName = hostName;
  }

  String hostName() {
    return hostName;
  }

  /** Opens it in an empty folder. */
  abstract LayerHost open(Path folder, Sizes sizes) throws IOException;

  private static LayerHost fileLevel(
      HostOpening opening, StorageDriver driver, Path folder, OptionalLong copied) {
    return new DriverHost(opening.hostName(), driver, DriverHost.Room.of(folder), () -> copied);
  }
}
