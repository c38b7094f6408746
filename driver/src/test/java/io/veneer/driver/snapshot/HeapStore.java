// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.snapshot;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.LayerFile;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Records in memory and no content; notes what it was asked to show and to hide. */
final class HeapStore implements SnapshotStore {
  final List<String> calls = new ArrayList<>();
  boolean mountsFail;
  private final Map<String, SnapshotInfo> infos = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public Optional<SnapshotInfo> find(String key) {
    return Optional.ofNullable(infos.get(key));
  }

  @Override
  public Collection<SnapshotInfo> all() {
    return List.copyOf(infos.values());
  }

  @Override
  public void create(SnapshotInfo info) {
    infos.put(info.key(), info);
  }

  @Override
  public void commit(SnapshotInfo active, SnapshotInfo committed) {
    infos.remove(active.key());
    infos.put(committed.key(), committed);
  }

  @Override
  public void relabel(SnapshotInfo info) {
    infos.put(info.key(), info);
  }

  @Override
  public void remove(SnapshotInfo info) {
    calls.add("remove " + info.key());
    infos.remove(info.key());
  }

  @Override
  public List<Mount> mounts(SnapshotInfo info) {
    if (mountsFail) {
      throw new DriverException(DriverException.Kind.IO, "cannot attach key=" + info.key());
    }
    return List.of(Mount.bind("/" + info.key(), false));
  }

  @Override
  public Usage usage(SnapshotInfo info) {
    return new Usage(0, 0);
  }

  @Override
  public LayerFile openFile(SnapshotInfo info, String path, OpenMode mode) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path show(SnapshotInfo info) {
    calls.add("show " + info.key());
    return Path.of("/shown", info.key());
  }

  @Override
  public void hide(SnapshotInfo info) {
    calls.add("hide " + info.key());
  }

  @Override
  public long copiedBytes() {
    return 0;
  }

  @Override
  public void cleanup() {}

  @Override
  public void close() {
    calls.add("close");
  }
}
