// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file system of another kind for those drivers that need it: a sparse file, formatted and
 * mounted through a loop device. Its own requests go to the disk past the page cache of the file
 * below, as those of an attached thin device do. Needs root. One thread; unmounts when closed.
 */
final class HostVolume implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostVolume.class);

  private final Path image;
  private final Path folder;
  private final FileStore store;
  private final String device;

  private HostVolume(Path image, Path folder, String device) throws IOException {
    this.image = image;
    this.folder = folder;
    this.device = device;
    this.store = Files.getFileStore(folder);
  }

  /** Makes and mounts one, of a kind that {@code mkfs.KIND} makes; options are mkfs's. */
  static HostVolume mount(Path parent, String kind, long sizeBytes, String... options)
      throws IOException {
    Path image = parent.resolve(kind + ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    String[] arguments = new String[options.length + 1];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = image.toString();
    HostProgram.require("mkfs." + kind).runOrFail(arguments);
    Path folder = Files.createDirectories(parent.resolve(kind));
    String device = attach(image);
    try {
      HostProgram.require("mount").runOrFail("-o", "discard", device, folder.toString());
      return new HostVolume(image, folder, device);
    } catch (IOException e) {
      detach(device);
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  /** What its file system holds, its own tables left out as far as it does. */
  long heldBytes() throws IOException {
    HostFiles.forceFolder(folder);
    HostProgram.require("sync").runOrFail("-f", folder.toString());
    return store.getTotalSpace() - store.getUnallocatedSpace();
  }

  @Override
  public void close() {
    try {
      HostProgram.require("umount").runOrFail(folder.toString());
      detach(device);
      Files.deleteIfExists(image);
    } catch (IOException e) {
      LOG.warn("volume stays mounted, unmount it by hand folder={}", folder, e);
    }
  }

  private static String attach(Path image) throws IOException {
    return HostProgram.require("losetup")
        .outputOf("--find", "--show", "--direct-io=on", image.toString());
  }

  private static void detach(String device) throws IOException {
    HostProgram.require("losetup").runOrFail("--detach", device);
  }
}
