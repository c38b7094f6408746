// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostProgram;
import io.veneer.driver.thin.VolumeKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * No driver, and a file system of its own: a layer is a disk image that begins as a full copy, with
 * ext4 as a layer of the thin driver has it, behind the same kind of loop device. What thin takes
 * longer is thus the pool's and the FUSE file's alone.
 *
 * <p>The copies are sparse, and made byte for byte; but where the host's file system can share
 * blocks (btrfs, xfs) it does. Holes get room when they are written first, as in a pool.
 *
 * <p>Nothing stays mounted when it is closed, nor when the process is told to end before. Threads:
 * as {@link LayerHost} says.
 */
final class RawHost implements LayerHost {
  static final String NAME = "raw";

  private static final Logger LOG = LoggerFactory.getLogger(RawHost.class);
  private static final VolumeKind FILE_SYSTEM = VolumeKind.EXT4;

  private final Path images;
  private final Path mounts;
  private final long volumeBytes;
  private final Thread hook = new Thread(this::abandon, "veneer-raw");

  /** Guarded by this object, as is whether more may come. */
  private final Map<String, MountedImage> shown = new LinkedHashMap<>();

  private boolean ended;

  private RawHost(Path images, Path mounts, long volumeBytes) {
    this.images = images;
    this.mounts = mounts;
    this.volumeBytes = volumeBytes;
  }

  /** Opens it in an empty folder; the file systems are of that size. */
  static RawHost open(Path folder, long volumeBytes) throws IOException {
    HostMounts.checkCanMount(FILE_SYSTEM.typeName());
    RawHost host =
        new RawHost(
            Files.createDirectory(folder.resolve("images")),
            Files.createDirectory(folder.resolve("mounts")),
            volumeBytes);
    Runtime.getRuntime().addShutdownHook(host.hook);
    return host;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void prepare(String key, String parent) throws IOException {
    if (parent.isEmpty()) {
      make(image(key));
    } else {
      FileCopy.copy(image(parent), image(key));
    }
  }

  /**
   * Copied once, so that zeroes that mkfs wrote, most for the journal, hold no room, as in a pool.
   */
  private void make(Path image) throws IOException {
    Path made = image.resolveSibling(image.getFileName() + ".made");
    try (RandomAccessFile file = new RandomAccessFile(made.toFile(), "rw")) {
      file.setLength(volumeBytes);
    }
    FILE_SYSTEM.make(made, List.of());
    HostProgram.require("cp").runOrFail("--sparse=always", made.toString(), image.toString());
    HostFiles.force(image);
    Files.delete(made);
  }

  @Override
  public synchronized Path mount(String key) throws IOException {
    if (ended) {
      throw new DriverException(Kind.CANCELLED, "no more is mounted driver=" + NAME);
    }
    MountedImage mounted = MountedImage.show(image(key), FILE_SYSTEM, mounts.resolve(key));
    shown.put(key, mounted);
    return mounted.folder();
  }

  @Override
  public synchronized void unmount(String key) throws IOException {
    MountedImage mounted = shown.remove(key);
    if (mounted != null) {
      mounted.hide();
    }
  }

  @Override
  public void commit(String layer, String key) throws IOException {
    HostFiles.force(image(key));
    Files.move(image(key), image(layer));
    HostFiles.forceFolder(images);
  }

  @Override
  public void remove(String key) throws IOException {
    Files.delete(image(key));
  }

  @Override
  public void settle() {
    // Nothing is left for later.
  }

  @Override
  public synchronized long storedBytes() throws IOException {
    for (MountedImage each : shown.values()) {
      each.writeBack();
    }
    return HostFiles.sizeOf(images).allocatedBytes();
  }

  @Override
  public long layerBytes(String key) throws IOException {
    return HostFiles.sizeOf(image(key)).allocatedBytes();
  }

  @Override
  public OptionalLong copiedBytes() {
    return OptionalLong.of(0);
  }

  /** Unmounts everything; the files belong to the caller. */
  @Override
  public void close() {
    end(MountedImage::hide);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException processIsEnding) {
      // The hook finds nothing to do.
    }
  }

  /** From another thread, while the first may have files open until the process ends. */
  private void abandon() {
    end(MountedImage::abandon);
  }

  /** A way to end what is mounted. */
  private interface Ending {
    void of(MountedImage mounted) throws IOException;
  }

  private synchronized void end(Ending ending) {
    ended = true;
    shown.forEach((key, mounted) -> endOne(key, mounted, ending));
    shown.clear();
  }

  private static void endOne(String key, MountedImage mounted, Ending ending) {
    try {
      ending.of(mounted);
    } catch (IOException | RuntimeException e) {
      LOG.warn("a disk image may stay mounted, unmount it by hand key={}", key, e);
    }
  }

  private Path image(String key) {
    return images.resolve(key + ".img");
  }
}
