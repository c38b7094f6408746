// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.LayerFile;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.Usage;
import io.veneer.driver.archive.Packer;
import io.veneer.driver.archive.UnpackOptions;
import io.veneer.driver.archive.Unpacker;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.snapshot.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that keeps a whole tree for each snapshot and its records in memory: enough for images.
 */
final class FolderStore implements SnapshotStore {
  /** Told of each archive before it is applied; may throw. */
  volatile Runnable beforeApply = () -> {};

  final AtomicInteger applied = new AtomicInteger();
  private final Path folder;
  private final Map<String, SnapshotInfo> records = new ConcurrentHashMap<>();

  FolderStore(Path folder) {
    this.folder = folder;
  }

  Path tree(String key) {
    return folder.resolve(key.replaceAll("[:/]", "_"));
  }

  @Override
  public String name() {
    return "folders";
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public Optional<SnapshotInfo> find(String key) {
    return Optional.ofNullable(records.get(key));
  }

  @Override
  public Collection<SnapshotInfo> all() {
    return List.copyOf(records.values());
  }

  @Override
  public void create(SnapshotInfo info) {
    try {
      Files.createDirectories(tree(info.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (info.hasParent()) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      Packer.packAll(tree(info.parent()), copy);
      Unpacker.unpack(
          new ByteArrayInputStream(copy.toByteArray()),
          tree(info.key()),
          UnpackOptions.wholeTree());
    }
    records.put(info.key(), info);
  }

  @Override
  public void commit(SnapshotInfo active, SnapshotInfo committed) {
    try {
      Files.move(tree(active.key()), tree(committed.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    records.put(committed.key(), committed);
    records.remove(active.key());
  }

  @Override
  public void relabel(SnapshotInfo info) {
    records.put(info.key(), info);
  }

  @Override
  public void remove(SnapshotInfo info) {
    records.remove(info.key());
    try {
      HostFiles.deleteTree(tree(info.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long applyDiff(SnapshotInfo info, InputStream tar) {
    beforeApply.run();
    applied.incrementAndGet();
    return Unpacker.unpack(tar, tree(info.key()), UnpackOptions.wholeTree()).contentBytes();
  }

  @Override
  public List<Mount> mounts(SnapshotInfo info) {
    return List.of(Mount.bind(tree(info.key()).toString(), false));
  }

  @Override
  public Usage usage(SnapshotInfo info) {
    return new Usage(0, 0);
  }

  @Override
  public LayerFile openFile(SnapshotInfo info, String path, OpenMode mode) {
    throw new DriverException(DriverException.Kind.UNIMPLEMENTED, "no files here");
  }

  @Override
  public long copiedBytes() {
    return 0;
  }

  @Override
  public void cleanup() {}

  @Override
  public void close() {}
}
