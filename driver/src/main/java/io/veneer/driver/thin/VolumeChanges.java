// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.Change;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.archive.NodePacker;
import io.veneer.driver.archive.Packer;
import io.veneer.driver.ext4.Ext4Changes;
import io.veneer.driver.layer.FolderChanges;
import io.veneer.driver.thin.Moments.Moment;
import io.veneer.thinpool.pool.ThinPool;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What differs between two snapshots, as paths and as an archive.
 *
 * <p>ext4 is read from the blocks, without a mount and without root, and where one snapshot
 * descends from the other only where blocks differ. Other file systems are mounted and walked. A
 * snapshot that can be written is looked at as it was at one moment. Any thread.
 */
final class VolumeChanges {
  private final ThinPool pool;
  private final MountedVolumes volumes;
  private final Function<String, Optional<SnapshotInfo>> records;
  private final Moments moments;
  private final ParentIndexes indexes = new ParentIndexes();

  VolumeChanges(
      ThinPool pool,
      MountedVolumes volumes,
      Moments moments,
      Function<String, Optional<SnapshotInfo>> records) {
    this.pool = pool;
    this.volumes = volumes;
    this.moments = moments;
    this.records = records;
  }

  List<Change> list(SnapshotInfo info, Optional<SnapshotInfo> older) {
    return isExt4(info, older)
        ? compare(info, older, (state, changes) -> changes.list())
        : walk(info, older, (folder, changes) -> changes);
  }

  long contentBytes(SnapshotInfo info, Optional<SnapshotInfo> older) {
    return isExt4(info, older)
        ? compare(info, older, (state, changes) -> changes.contentBytes())
        : walk(info, older, FolderSize::of);
  }

  void pack(SnapshotInfo info, Optional<SnapshotInfo> older, OutputStream tar) {
    if (isExt4(info, older)) {
      compare(
          info,
          older,
          (state, changes) -> {
            NodePacker.pack(changes.list(), change -> state.node(changes, change), tar);
            return changes;
          });
    } else {
      walk(
          info,
          older,
          (folder, changes) -> {
            Packer.pack(folder, changes, tar);
            return changes;
          });
    }
  }

  private boolean isExt4(SnapshotInfo info, Optional<SnapshotInfo> older) {
    return kind(info) == VolumeKind.EXT4
        && older.map(each -> kind(each) == VolumeKind.EXT4).orElse(true);
  }

  private VolumeKind kind(SnapshotInfo info) {
    return VolumeAttributes.kind(translated(() -> pool.device(info.key())));
  }

  private <T> T compare(
      SnapshotInfo info,
      Optional<SnapshotInfo> older,
      BiFunction<BlockComparison, Ext4Changes, T> work) {
    return still(
        info,
        newerDevice -> {
          try (BlockComparison state = BlockComparison.open(pool, newerDevice)) {
            if (older.isEmpty()) {
              return work.apply(state, state.fromNothing());
            }
            return still(
                older.get(),
                device ->
                    work.apply(
                        state,
                        descendsFrom(info, older.get())
                            ? state.since(pool, device, indexes)
                            : state.against(pool, device)));
          }
        });
  }

  /** Does work on a device that does not change: the snapshot's own, or one moment of it. */
  private <T> T still(SnapshotInfo info, Function<String, T> work) {
    if (info.kind() != SnapshotKind.ACTIVE) {
      return work.apply(info.key());
    }
    try (Moment moment = moments.of(info.key())) {
      return work.apply(moment.device());
    }
  }

  /** What stamps an inode is sure to tell only what happened since: not between two children. */
  private boolean descendsFrom(SnapshotInfo info, SnapshotInfo ancestor) {
    if (ancestor.kind() != SnapshotKind.COMMITTED) {
      return false;
    }
    Optional<SnapshotInfo> at = Optional.of(info);
    while (at.isPresent() && !at.get().key().equals(ancestor.key())) {
      at = at.get().hasParent() ? records.apply(at.get().parent()) : Optional.empty();
    }
    return at.isPresent();
  }

  private <T> T walk(
      SnapshotInfo info, Optional<SnapshotInfo> older, BiFunction<Path, List<Change>, T> work) {
    return mounted(
        info,
        folder ->
            older.isEmpty()
                ? work.apply(folder, FolderChanges.of(folder, Optional.empty()))
                : mounted(
                    older.get(),
                    before -> work.apply(folder, FolderChanges.of(folder, Optional.of(before)))));
  }

  /** Mounts a moment for writing, as a journal may have to be replayed on it. */
  private <T> T mounted(SnapshotInfo info, Function<Path, T> work) {
    try (Moment moment = moments.of(info.key())) {
      Path folder = volumes.show(moment.device(), kind(info), false);
      try {
        return work.apply(folder);
      } finally {
        volumes.hide(moment.device());
      }
    }
  }
}
