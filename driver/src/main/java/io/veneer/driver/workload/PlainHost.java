// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.TreeCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * No driver at all, the floor that others are measured against: a layer is a plain folder that
 * begins as a full copy. What others hold is compared with what these folders hold. Threads: as
 * {@link LayerHost} says.
 */
final class PlainHost implements LayerHost {
  static final String NAME = "plain";

  private final Path folder;

  PlainHost(Path folder) {
    this.folder = folder;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void prepare(String key, String parent) throws IOException {
    if (parent.isEmpty()) {
      Files.createDirectory(folder.resolve(key));
    } else {
      TreeCopy.copy(folder.resolve(parent), folder.resolve(key));
    }
  }

  @Override
  public Path mount(String key) {
    return folder.resolve(key);
  }

  @Override
  public void unmount(String key) {
    // A folder needs no mount.
  }

  @Override
  public void commit(String layer, String key) throws IOException {
    HostFiles.forceTree(folder.resolve(key));
    Files.move(folder.resolve(key), folder.resolve(layer));
    HostFiles.forceFolder(folder);
  }

  @Override
  public void remove(String key) throws IOException {
    HostFiles.deleteTree(folder.resolve(key));
  }

  @Override
  public void settle() {
    // Nothing is left for later.
  }

  @Override
  public long storedBytes() throws IOException {
    return HostFiles.sizeOf(folder).allocatedBytes();
  }

  @Override
  public long layerBytes(String key) throws IOException {
    return HostFiles.sizeOf(folder.resolve(key)).allocatedBytes();
  }

  @Override
  public OptionalLong copiedBytes() {
    return OptionalLong.of(0);
  }

  @Override
  public void close() {
    // The folder belongs to the caller.
  }
}
