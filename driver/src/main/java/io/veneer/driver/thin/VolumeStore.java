// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.Capability;
import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.LayerFile;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.Usage;
import io.veneer.driver.VolumeLabels;
import io.veneer.driver.archive.UnpackOptions;
import io.veneer.driver.archive.Unpacker;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.snapshot.SnapshotStore;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of the thin driver with file systems: {@link ThinStore} keeps the records and the
 * blocks, and what needs files is done on the mounted volume.
 *
 * <p>A volume is consistent when it becomes a layer: what is mounted is frozen for the moment of
 * the commit, and the journal of what was left unclean by a crash is replayed before. So a layer
 * can be mounted read-only at any time. Threads: as {@link SnapshotStore} says.
 */
final class VolumeStore implements SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);

  private final ThinStore records;
  private final ThinPool pool;
  private final MountedVolumes volumes;

  /** Mounts that no call leaves behind. */
  private final MountedVolumes brief;

  private final VolumeChanges changes;
  private final VolumeInodes inodes;

  VolumeStore(ThinStore records, ThinPool pool, MountedVolumes volumes) {
    this.records = records;
    this.pool = pool;
    this.volumes = volumes;
    this.brief = volumes.forOneCall();
    Moments moments = new Moments(pool, volumes);
    brief.unmountLeftovers();
    moments.removeLeftovers();
    volumes.removeLeftovers();
    this.inodes = new VolumeInodes(pool, moments);
    this.changes = new VolumeChanges(pool, brief, moments, records::find);
  }

  @Override
  public String name() {
    return records.name();
  }

  @Override
  public Set<Capability> capabilities() {
    return records.capabilities();
  }

  @Override
  public Optional<SnapshotInfo> find(String key) {
    return records.find(key);
  }

  @Override
  public Collection<SnapshotInfo> all() {
    return records.all();
  }

  @Override
  public void create(SnapshotInfo info) {
    records.create(info);
  }

  /**
   * Who still writes through a folder that was taken away, or mounted the device himself, is held
   * still meanwhile.
   */
  @Override
  public void commit(SnapshotInfo active, SnapshotInfo committed) {
    commit(active, committed, () -> records.commit(active, committed));
  }

  @Override
  public void commitAndContinue(SnapshotInfo active, SnapshotInfo committed, SnapshotInfo next) {
    commit(active, committed, () -> records.commitAndContinue(active, committed, next));
  }

  private void commit(SnapshotInfo active, SnapshotInfo committed, Runnable step) {
    LostWrites.requireNone(pool, active.key()); // first, as replaying a journal may need room
    settle(active);
    boolean held = volumes.isAttached(active.key()) && !isShown(active);
    if (held) {
      show(brief, active);
    }
    AtomicReference<SnapshotInfo> now = new AtomicReference<>(active);
    try {
      volumes.whileQuiet(
          active.key(),
          () -> {
            LostWrites.requireNone(pool, active.key());
            giveBackJournal(active);
            step.run();
            now.set(committed);
          });
    } finally {
      release(held, now.get());
    }
  }

  /** Mounting for writing replays the journal, if a crash left something in it. */
  private void settle(SnapshotInfo active) {
    volumes.release(active.key());
    if (HostNodes.isRoot()
        && !volumes.isAttached(active.key())
        && (kind(active) != VolumeKind.EXT4
            || UncleanVolume.needsReplay(() -> pool.openDeviceReadOnly(active.key())))) {
      show(brief, active);
      brief.hide(active.key());
    }
  }

  private void release(boolean shown, SnapshotInfo info) {
    if (shown) {
      brief.hide(info.key());
    } else {
      volumes.release(info.key());
    }
  }

  /** A layer never writes again, and who descends from it begins with an empty journal. */
  private void giveBackJournal(SnapshotInfo active) {
    if (kind(active) == VolumeKind.EXT4) {
      EmptyJournal.giveBack(() -> pool.openDevice(active.key()));
    }
  }

  @Override
  public void relabel(SnapshotInfo info) {
    records.relabel(info);
  }

  @Override
  public void remove(SnapshotInfo info) {
    volumes.release(info.key());
    records.remove(info);
  }

  @Override
  public void removeAll(List<SnapshotInfo> infos) {
    infos.forEach(info -> volumes.release(info.key()));
    records.removeAll(infos);
  }

  /** The device is attached, so that whoever gets this can mount it at once. */
  @Override
  public List<Mount> mounts(SnapshotInfo info) {
    if (!HostNodes.isRoot()) {
      return records.mounts(info);
    }
    return List.of(mount(info));
  }

  private Mount mount(SnapshotInfo info) {
    String more = info.labels().getOrDefault(VolumeLabels.MOUNT_OPTIONS, "");
    return volumes.mount(info.key(), kind(info), isReadOnly(info), VolumeLabels.mountOptions(more));
  }

  /** What is written through a folder of ours has its blocks once it is written back. */
  @Override
  public Usage usage(SnapshotInfo info) {
    Optional<Path> shown =
        isShown(info) ? Optional.of(volumes.target(info.key())) : Optional.empty();
    if (!isReadOnly(info)) {
      shown.ifPresent(VolumeStore::writeBack);
    }
    Usage blocks = records.usage(info);
    if (kind(info) != VolumeKind.EXT4) {
      return blocks;
    }
    return new Usage(blocks.sizeBytes(), inodes.of(info, shown));
  }

  private static void writeBack(Path folder) {
    try {
      HostMounts.writeBack(folder);
    } catch (IOException e) {
      LOG.info("usage is told without all that is cached: {}", e.getMessage());
    }
  }

  @Override
  public LayerFile openFile(SnapshotInfo info, String path, OpenMode mode) {
    return records.openFile(info, path, mode);
  }

  @Override
  public Path show(SnapshotInfo info) {
    return show(volumes, info);
  }

  private Path show(MountedVolumes where, SnapshotInfo info) {
    DeviceInfo device = translated(() -> pool.device(info.key()));
    boolean grow = !isReadOnly(info) && VolumeAttributes.mustGrow(device);
    Path folder = where.show(info.key(), kind(info), grow, mount(info));
    if (grow) {
      translated(() -> noteGrown(info.key()));
    }
    return folder;
  }

  private void noteGrown(String key) {
    pool.transact(
        operations -> {
          operations.setAttributes(key, VolumeAttributes.withoutGrowth(operations.device(key)));
          return null;
        });
  }

  @Override
  public void hide(SnapshotInfo info) {
    volumes.hide(info.key());
  }

  @Override
  public void leave(SnapshotInfo info) {
    if (!volumes.isKept()) {
      hide(info);
    }
  }

  @Override
  public Map<SnapshotInfo, Path> stillShown() {
    Map<SnapshotInfo, Path> shown = new HashMap<>();
    volumes
        .stillShown()
        .forEach((key, folder) -> records.find(key).ifPresent(info -> shown.put(info, folder)));
    return shown;
  }

  /** Writes over files that are there, so that blocks which stay as they are stay shared. */
  @Override
  public long applyDiff(SnapshotInfo info, InputStream tar) {
    boolean shown = isShown(info);
    Path folder = shown ? volumes.target(info.key()) : show(brief, info);
    try {
      // Unmounting would not tell that a full pool took only a part.
      return Unpacker.unpack(tar, folder, UnpackOptions.wholeTree().writingInPlace().forcing())
          .contentBytes();
    } catch (DriverException e) {
      throw LostWrites.explained(pool, info.key(), e);
    } finally {
      if (!shown) {
        brief.hide(info.key());
      }
    }
  }

  @Override
  public List<Change> changes(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    return changes.list(info, parent);
  }

  @Override
  public void diff(SnapshotInfo info, Optional<SnapshotInfo> parent, OutputStream tar) {
    changes.pack(info, parent, tar);
  }

  @Override
  public long diffSize(SnapshotInfo info, Optional<SnapshotInfo> parent) {
    return changes.contentBytes(info, parent);
  }

  @Override
  public long copiedBytes() {
    return records.copiedBytes();
  }

  @Override
  public void cleanup() {
    records.cleanup();
  }

  @Override
  public void close() {
    records.all().forEach(info -> volumes.release(info.key()));
    records.close();
  }

  private boolean isShown(SnapshotInfo info) {
    try {
      return !HostMounts.mountedUnder(volumes.target(info.key())).isEmpty();
    } catch (IOException e) {
      throw DriverException.io("cannot tell what is mounted key=" + info.key(), e);
    }
  }

  private VolumeKind kind(SnapshotInfo info) {
    return VolumeAttributes.kind(translated(() -> pool.device(info.key())));
  }

  private static boolean isReadOnly(SnapshotInfo info) {
    return info.kind() != SnapshotKind.ACTIVE;
  }
}
