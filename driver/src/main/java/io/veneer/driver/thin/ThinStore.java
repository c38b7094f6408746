// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.Capability;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.LayerFile;
import io.veneer.driver.Mount;
import io.veneer.driver.OpenMode;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.Usage;
import io.veneer.driver.snapshot.SnapshotStore;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.pool.ThinPool;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The store of the thin driver: every snapshot is a device of the pool, and its record is the
 * device's name and attributes.
 *
 * <p>Each change of a snapshot is one transaction of the pool, content and record together, so that
 * there is no second database that could say something else after a crash. Preparing takes a
 * snapshot device; committing seals the device and renames it. The transaction is committed before
 * the call returns; calls that do so at the same time share one commit. Threads: as {@link
 * SnapshotStore} says.
 */
final class ThinStore implements SnapshotStore {
  private final ThinPool pool;
  private final Function<Map<String, String>, FirstVolume> first;
  private final Runnable end;

  /** A store that owns the pool. */
  ThinStore(ThinPool pool, long baseSizeBytes) {
    this(pool, labels -> FirstVolume.empty(baseSizeBytes), () -> translated(pool::close));
  }

  /**
   * A store whose pool is not its own, or closed in another way.
   *
   * @param first what a layer with such labels, and no parent, begins as
   */
  ThinStore(ThinPool pool, Function<Map<String, String>, FirstVolume> first, Runnable end) {
    this.pool = pool;
    this.first = first;
    this.end = end;
  }

  @Override
  public String name() {
    return ThinDriver.NAME;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.VOLUME);
  }

  @Override
  public Optional<SnapshotInfo> find(String key) {
    try {
      return SnapshotAttributes.read(pool.device(key));
    } catch (NoSuchDeviceException e) {
      return Optional.empty();
    }
  }

  @Override
  public Collection<SnapshotInfo> all() {
    return translated(pool::devices).stream()
        .map(SnapshotAttributes::read)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void create(SnapshotInfo info) {
    FirstVolume begin = info.hasParent() ? null : first.apply(info.labels());
    if (begin != null) {
      begin.prepare();
    }
    change(
        operations -> {
          if (begin == null) {
            createOnParent(operations, info);
          } else {
            begin.create(operations, info.key());
            finish(operations, info, begin.attributes());
          }
        });
  }

  private static void createOnParent(PoolOperations operations, SnapshotInfo info) {
    Map<String, String> inherited = VolumeAttributes.inherited(operations.device(info.parent()));
    operations.createSnapshot(info.key(), info.parent());
    finish(operations, info, inherited);
  }

  /** Gives a new device its size and its record. */
  private static void finish(
      PoolOperations operations, SnapshotInfo info, Map<String, String> inherited) {
    long sizeBytes = VolumeAttributes.wantedBytes(info.labels());
    boolean grown = resize(operations, info.key(), sizeBytes);
    record(operations, info, VolumeAttributes.grown(inherited, grown));
    if (info.kind() == SnapshotKind.VIEW) {
      operations.sealDevice(info.key());
    }
  }

  /** A file system is grown when it is mounted next, and can hardly be made smaller. */
  private static boolean resize(PoolOperations operations, String device, long sizeBytes) {
    long nowBytes = operations.device(device).sizeBytes();
    if (sizeBytes != 0 && sizeBytes < nowBytes) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "a volume cannot be smaller than its parent device="
              + device
              + " sizeBytes="
              + sizeBytes
              + " parentBytes="
              + nowBytes);
    }
    if (sizeBytes > nowBytes) {
      operations.resizeDevice(device, sizeBytes);
    }
    return sizeBytes > nowBytes;
  }

  @Override
  public void commit(SnapshotInfo active, SnapshotInfo committed) {
    change(operations -> commit(operations, active, committed));
  }

  private static void commit(
      PoolOperations operations, SnapshotInfo active, SnapshotInfo committed) {
    Map<String, String> kept = VolumeAttributes.inherited(operations.device(active.key()));
    operations.sealDevice(active.key());
    operations.renameDevice(active.key(), committed.key());
    record(operations, committed, kept);
  }

  @Override
  public void commitAndContinue(SnapshotInfo active, SnapshotInfo committed, SnapshotInfo next) {
    change(
        operations -> {
          commit(operations, active, committed);
          createOnParent(operations, next);
        });
  }

  @Override
  public void relabel(SnapshotInfo info) {
    change(
        operations ->
            record(operations, info, VolumeAttributes.inherited(operations.device(info.key()))));
  }

  private static void record(
      PoolOperations operations, SnapshotInfo info, Map<String, String> volume) {
    Map<String, String> attributes = new HashMap<>(volume);
    attributes.putAll(SnapshotAttributes.of(info));
    operations.setAttributes(info.key(), attributes);
  }

  @Override
  public void remove(SnapshotInfo info) {
    change(operations -> operations.removeDevice(info.key()));
  }

  @Override
  public void removeAll(List<SnapshotInfo> infos) {
    change(operations -> infos.forEach(info -> operations.removeDevice(info.key())));
  }

  /**
   * The source names the device, {@code thin#DEVICE}; whoever mounts it first attaches that device
   * and puts the block device path in its place.
   */
  @Override
  public List<Mount> mounts(SnapshotInfo info) {
    String access = info.kind() == SnapshotKind.ACTIVE ? "rw" : "ro";
    return List.of(new Mount("ext4", "thin#" + info.key(), List.of(access)));
  }

  /** What the device provisioned since it was taken of its parent; its children share it. */
  @Override
  public Usage usage(SnapshotInfo info) {
    return new Usage(translated(() -> pool.device(info.key())).ownBytes(), 0);
  }

  @Override
  public LayerFile openFile(SnapshotInfo info, String path, OpenMode mode) {
    if (!path.equals(StorageDriver.VOLUME)) {
      throw new DriverException(
          Kind.NOT_FOUND,
          "a thin snapshot has one file key="
              + info.key()
              + " path="
              + path
              + " expected="
              + StorageDriver.VOLUME);
    }
    BlockDevice device =
        translated(
            () ->
                mode.writes() ? pool.openDevice(info.key()) : pool.openDeviceReadOnly(info.key()));
    return new VolumeFile(device, mode.writes());
  }

  @Override
  public long copiedBytes() {
    return translated(pool::statistics).copiedBytes();
  }

  @Override
  public void cleanup() {
    translated(pool::awaitRemovals);
  }

  @Override
  public void close() {
    end.run();
  }

  private void change(Consumer<PoolOperations> work) {
    translated(
        () -> {
          pool.transact(
              operations -> {
                work.accept(operations);
                return null;
              });
          pool.commit();
        });
  }
}
