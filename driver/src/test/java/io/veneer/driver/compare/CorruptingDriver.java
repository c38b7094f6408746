// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.Capability;
import io.veneer.driver.Change;
import io.veneer.driver.LayerFile;
import io.veneer.driver.LayerTree;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A driver that loses one bit of what is written into containers; broken on purpose. */
final class CorruptingDriver implements StorageDriver {
  private final StorageDriver driver;

  CorruptingDriver(StorageDriver driver) {
    this.driver = driver;
  }

  @Override
  public LayerFile openFile(String key, String path, OpenMode mode) {
    LayerFile file = driver.openFile(key, path, mode);
    return mode == OpenMode.WRITE ? new CorruptingFile(file) : file;
  }

  private record CorruptingFile(LayerFile file) implements LayerFile {
    @Override
    public void write(long offset, ByteBuffer source) {
      ByteBuffer copy = ByteBuffer.allocate(source.remaining()).put(source).flip();
      copy.put(0, (byte) (copy.get(0) ^ 1));
      file.write(offset, copy);
    }

    @Override
    public long sizeBytes() {
      return file.sizeBytes();
    }

    @Override
    public int read(long offset, ByteBuffer target) {
      return file.read(offset, target);
    }

    @Override
    public void force() {
      file.force();
    }

    @Override
    public void close() {
      file.close();
    }
  }

  @Override
  public String name() {
    return "corrupting";
  }

  @Override
  public Set<Capability> capabilities() {
    return driver.capabilities();
  }

  @Override
  public List<Mount> prepare(String key, String parent, Map<String, String> labels) {
    return driver.prepare(key, parent, labels);
  }

  @Override
  public void create(String key, String parent, Map<String, String> labels) {
    driver.create(key, parent, labels);
  }

  @Override
  public void commitAndContinue(String name, String key, Map<String, String> labels) {
    driver.commitAndContinue(name, key, labels);
  }

  @Override
  public List<Mount> view(String key, String parent, Map<String, String> labels) {
    return driver.view(key, parent, labels);
  }

  @Override
  public List<Mount> mounts(String key) {
    return driver.mounts(key);
  }

  @Override
  public void commit(String name, String key, Map<String, String> labels) {
    driver.commit(name, key, labels);
  }

  @Override
  public SnapshotInfo stat(String key) {
    return driver.stat(key);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, String... fieldPaths) {
    return driver.update(info, fieldPaths);
  }

  @Override
  public Usage usage(String key) {
    return driver.usage(key);
  }

  @Override
  public void walk(Consumer<SnapshotInfo> visitor, String... filters) {
    driver.walk(visitor, filters);
  }

  @Override
  public void remove(String key) {
    driver.remove(key);
  }

  @Override
  public List<String> removeChain(String key, Predicate<SnapshotInfo> goes) {
    return driver.removeChain(key, goes);
  }

  @Override
  public void cleanup() {
    driver.cleanup();
  }

  @Override
  public LayerTree tree(String key) {
    return driver.tree(key);
  }

  @Override
  public Path get(String key) {
    return driver.get(key);
  }

  @Override
  public void put(String key) {
    driver.put(key);
  }

  @Override
  public List<Change> changes(String key, String parent) {
    return driver.changes(key, parent);
  }

  @Override
  public void diff(String key, String parent, OutputStream tar) {
    driver.diff(key, parent, tar);
  }

  @Override
  public long applyDiff(String key, InputStream tar) {
    return driver.applyDiff(key, tar);
  }

  @Override
  public long diffSize(String key, String parent) {
    return driver.diffSize(key, parent);
  }

  @Override
  public long copiedBytes() {
    return driver.copiedBytes();
  }

  @Override
  public void close() {
    driver.close();
  }
}
