// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Snapshots of btrfs: a layer is a subvolume. What Docker's and containerd's drivers of that name
 * do, by hand. Owns the volume. Threads: as {@link LayerHost} says.
 */
final class BtrfsHost implements LayerHost {
  static final String NAME = "btrfs";

  private final HostVolume volume;
  private final HostProgram btrfs;

  BtrfsHost(HostVolume volume) throws IOException {
    this.volume = volume;
    this.btrfs = HostProgram.require("btrfs");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void prepare(String key, String parent) throws IOException {
    if (parent.isEmpty()) {
      btrfs.runOrFail("subvolume", "create", folder(key));
    } else {
      btrfs.runOrFail("subvolume", "snapshot", folder(parent), folder(key));
    }
  }

  @Override
  public Path mount(String key) {
    return volume.folder().resolve(key);
  }

  @Override
  public void unmount(String key) {
    // A subvolume is seen where the volume is mounted.
  }

  @Override
  public void commit(String layer, String key) throws IOException {
    btrfs.runOrFail("filesystem", "sync", volume.folder().toString());
    Files.move(mount(key), mount(layer));
  }

  @Override
  public void remove(String key) throws IOException {
    btrfs.runOrFail("subvolume", "delete", folder(key));
  }

  /** The first command wakes the kernel's cleaner, which else sleeps for up to 30 seconds. */
  @Override
  public void settle() throws IOException {
    btrfs.runOrFail("filesystem", "sync", volume.folder().toString());
    btrfs.runOrFail("subvolume", "sync", volume.folder().toString());
  }

  @Override
  public long storedBytes() throws IOException {
    return volume.heldBytes();
  }

  /** What is not shared with others. */
  @Override
  public long layerBytes(String key) throws IOException {
    btrfs.runOrFail("filesystem", "sync", volume.folder().toString());
    String output = btrfs.outputOf("filesystem", "du", "--raw", "--summarize", folder(key));
    String[] fields = output.substring(output.lastIndexOf('\n') + 1).strip().split("\\s+");
    return Long.parseLong(fields[1]);
  }

  /** Changed blocks go to new places; nothing is copied. */
  @Override
  public OptionalLong copiedBytes() {
    return OptionalLong.of(0);
  }

  @Override
  public void close() {
    volume.close();
  }

  private String folder(String key) {
    return mount(key).toString();
  }
}
