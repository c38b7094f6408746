// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceSetUsage;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolListener;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatistics;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.SizeGuard;
import io.veneer.thinpool.device.OpenDevice;
import io.veneer.thinpool.file.HostPoolFiles;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.transaction.ForceOrder;
import io.veneer.thinpool.transaction.ForceThread;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A pool of thin devices: the door to this library.
 *
 * <p>All methods may be called from any thread. What they change is true for everybody at once, and
 * durable after the next {@link #commit}, flush of a device, or second. Transactions are put
 * together one at a time; requests to devices, and commits, go on meanwhile.
 */
public final class ThinPool implements AutoCloseable {
  final PoolState state;
  private final Directory directory;
  private final UsageReport usage;
  private final Housekeeper housekeeper;
  private final OperationRunner operations;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private ThinPool(PoolState state, boolean background) {
    this.state = state;
    this.directory = new Directory(state);
    this.usage = new UsageReport(state, directory);
    this.operations = new OperationRunner(state, directory);
    this.housekeeper = new Housekeeper(state, this::status);
    locked(
        () -> {
          state.space.reclaimer().findInterrupted();
          return null;
        });
    if (background) {
      start();
    }
  }

  /**
   * Has the pool do its own work: commits each second, giving freed blocks back, extending itself.
   * Does nothing if it does so already, or cannot be written.
   */
  public void start() {
    if (!state.files.readOnly() && started.compareAndSet(false, true)) {
      housekeeper.start();
    }
  }

  /**
   * Makes a new pool in a folder. Durable on return.
   *
   * @param folder the folder; made if it is missing
   * @param options sizes and policies
   * @throws PoolException if there is something in the folder, or an option is out of range
   */
  public static void create(Path folder, PoolOptions options) {
    PoolOpening.check(options);
    try (PoolFiles files = HostPoolFiles.create(folder)) {
      create(files, options);
    }
  }

  /**
   * Makes a new pool on given files. Durable on return.
   *
   * @param files empty files; they stay open
   * @param options sizes and policies
   * @throws PoolException if an option is out of range
   */
  public static void create(PoolFiles files, PoolOptions options) {
    PoolOpening.create(files, options);
  }

  /**
   * Opens a pool for reading and writing. Costs the same whatever the pool holds.
   *
   * @param folder the folder
   * @return the pool, to be closed
   * @throws PoolException if it is no pool, is damaged, newer, or in use
   */
  public static ThinPool open(Path folder) {
    return open(HostPoolFiles.open(folder, false));
  }

  /**
   * Opens a pool that does nothing by itself before {@link #start}: until then the only commits are
   * those that the caller asks for, or that flushes need.
   *
   * @param folder the folder
   * @return the pool, to be started and to be closed
   * @throws PoolException if it is no pool, is damaged, newer, or in use
   */
  public static ThinPool openIdle(Path folder) {
    return open(HostPoolFiles.open(folder, false), false, new ForceThread());
  }

  /**
   * Opens a pool for reading only; changes nothing on disk. Many may read at once, while nobody
   * writes.
   *
   * @param folder the folder
   * @return the pool, to be closed
   * @throws PoolException if it is no pool, is damaged, newer, or in use
   */
  public static ThinPool openReadOnly(Path folder) {
    return open(HostPoolFiles.open(folder, true));
  }

  /**
   * Opens a pool on given files.
   *
   * @param files the files; closed with the pool, or when opening fails
   * @return the pool, to be closed
   * @throws PoolException if they hold no pool, or a damaged or newer one
   */
  public static ThinPool open(PoolFiles files) {
    return open(files, true);
  }

  /**
   * Without the background thread all that happens is what the caller does: for tests that replay.
   */
  static ThinPool open(PoolFiles files, boolean background) {
    return open(files, background, background ? new ForceThread() : ForceOrder.DATA_FIRST);
  }

  /** The same, with a say in which file a commit forces first. */
  static ThinPool open(PoolFiles files, boolean background, ForceOrder forceOrder) {
    return PoolOpening.open(files, forceOrder, state -> new ThinPool(state, background));
  }

  /**
   * Runs several operations as one transaction: all of it becomes true at once, or, if any is
   * refused, nothing. Snapshots taken in one transaction are of one point in time.
   *
   * @param <T> what the operations return
   * @param list the operations; run once, on this thread, which must not use the pool otherwise
   *     meanwhile
   * @return what the operations return
   * @throws PoolException if one is refused; nothing has changed
   */
  public <T> T transact(Function<PoolOperations, T> list) {
    return operations.transact(list);
  }

  private <T> T locked(Supplier<T> action) {
    return state.inside(() -> state.locked(action));
  }

  /** Changes what no operation does. */
  private void changeAlone(Runnable change) {
    operations.alone(
        () ->
            locked(
                () -> {
                  change.run();
                  return null;
                }));
  }

  /**
   * Makes an empty device.
   *
   * @param name its name
   * @param sizeBytes 1 MiB to 16 TiB
   * @return its id
   * @throws PoolException if it is refused, for the reasons in {@link
   *     PoolOperations#createDevice(String, long)}; nothing has changed
   */
  public int createDevice(String name, long sizeBytes) {
    return transact(list -> list.createDevice(name, sizeBytes));
  }

  /**
   * Makes a device that shares all blocks of another, as they are at this moment.
   *
   * @param name the new device's name
   * @param originName the device to take it of; may be in use
   * @return the new device's id
   * @throws PoolException if it is refused, for the reasons in {@link
   *     PoolOperations#createSnapshot}; nothing has changed
   */
  public int createSnapshot(String name, String originName) {
    return transact(list -> list.createSnapshot(name, originName));
  }

  /**
   * Removes a device. The name goes at once, its blocks in the background, after its last close.
   *
   * @param name the device
   * @throws PoolException if it is refused, for the reasons in {@link PoolOperations#removeDevice};
   *     nothing has changed
   */
  public void removeDevice(String name) {
    transact(
        list -> {
          list.removeDevice(name);
          return null;
        });
    housekeeper.wake();
  }

  /**
   * Gives a device another name.
   *
   * @param name the device
   * @param newName its new name
   * @throws PoolException if it is refused, for the reasons in {@link PoolOperations#renameDevice};
   *     nothing has changed
   */
  public void renameDevice(String name, String newName) {
    transact(
        list -> {
          list.renameDevice(name, newName);
          return null;
        });
  }

  /**
   * Changes a device's size, also while it is in use. What lies beyond a smaller size is lost, so a
   * {@link SizeGuard} may refuse that.
   *
   * @param name the device
   * @param sizeBytes 1 MiB to 16 TiB
   * @throws PoolException if it is refused, for the reasons in {@link PoolOperations#resizeDevice};
   *     nothing has changed
   */
  public void resizeDevice(String name, long sizeBytes) {
    transact(
        list -> {
          list.resizeDevice(name, sizeBytes);
          return null;
        });
  }

  /**
   * Opens a device for reading and writing; a sealed one for reading. Many may have it open at
   * once.
   *
   * @param name the device
   * @return the open device, to be closed
   * @throws io.veneer.thinpool.NoSuchDeviceException if there is none of that name
   * @throws PoolException if its external origin cannot be read
   */
  public BlockDevice openDevice(String name) {
    return open(name, false);
  }

  /**
   * Opens a device for reading.
   *
   * @param name the device
   * @return the open device, to be closed
   * @throws io.veneer.thinpool.NoSuchDeviceException if there is none of that name
   * @throws PoolException if its external origin cannot be read
   */
  public BlockDevice openDeviceReadOnly(String name) {
    return open(name, true);
  }

  private OpenDevice open(String name, boolean readOnly) {
    boolean noWrites = readOnly || state.files.readOnly();
    return operations.between(
        () -> locked(() -> directory.open(directory.get(name), noWrites, housekeeper::wake)));
  }

  /**
   * Lists the devices.
   *
   * @return all that have a name, ascending by it
   * @throws io.veneer.thinpool.CorruptMetadataException if the record of one is damaged
   */
  public List<DeviceInfo> devices() {
    return locked(() -> directory.all().stream().map(this::info).toList());
  }

  /**
   * Lists the devices whose records can be read: what of a damaged pool can be brought elsewhere.
   * The status tells how many there should be.
   *
   * @return those devices, ascending by name
   */
  public List<DeviceInfo> wholeDevices() {
    return locked(() -> directory.whole().stream().map(this::info).toList());
  }

  /**
   * Looks a device up.
   *
   * @param name the device
   * @return what is recorded of it
   * @throws io.veneer.thinpool.NoSuchDeviceException if there is none
   */
  public DeviceInfo device(String name) {
    return locked(() -> info(directory.get(name)));
  }

  private DeviceInfo info(StoredDevice stored) {
    DeviceRecord record = stored.record();
    return DeviceDraft.of(record).info(record, directory, state);
  }

  /**
   * Finds what a device holds, exactly. Costs what it alone holds.
   *
   * @param name the device
   * @return the figures
   * @throws io.veneer.thinpool.NoSuchDeviceException if there is none of that name
   */
  public DeviceUsage usage(String name) {
    return usage.of(name);
  }

  /**
   * Finds what several devices hold together, exactly, if they are not written to meanwhile. Costs
   * what they map; what they share is walked once.
   *
   * @param names the devices
   * @return the figures
   * @throws io.veneer.thinpool.NoSuchDeviceException if one of them is not there
   */
  public DeviceSetUsage usage(Set<String> names) {
    return usage.of(names);
  }

  /**
   * Walks what differs between two devices, in blocks. Costs what differs, where one is a snapshot
   * of the other.
   *
   * @param name the device
   * @param since the device to compare with
   * @param visitor takes the ranges that differ, ascending, with what {@code name} has there
   * @throws io.veneer.thinpool.NoSuchDeviceException if one of them is not there
   */
  public void changedSince(String name, String since, ExtentVisitor visitor) {
    try (OpenDevice one = open(name, true);
        OpenDevice other = open(since, true)) {
      one.changedSince(other, visitor);
    }
  }

  /**
   * The same for two devices that were opened in this pool: whatever has their names by now.
   *
   * @param device an open device
   * @param since the open device to compare with
   * @param visitor takes the ranges that differ, ascending, with what {@code device} has there
   * @throws PoolException if one of them is closed, or was not opened in a pool
   */
  public void changedSince(BlockDevice device, BlockDevice since, ExtentVisitor visitor) {
    if (!(device instanceof OpenDevice one) || !(since instanceof OpenDevice other)) {
      throw PoolException.badRequest("devices of another kind cannot be compared");
    }
    one.changedSince(other, visitor);
  }

  /**
   * Makes everything that was done before durable.
   *
   * @throws PoolException if the host could not; the pool is read-only then
   */
  public void commit() {
    if (!state.files.readOnly()) {
      state.commit();
    }
  }

  /**
   * Waits until the blocks of removed devices can be used again and the host has the room of all
   * that is free, and commits. Devices still open are not waited for.
   *
   * @throws PoolException if the pool takes no writes, or the host fails
   */
  public void awaitRemovals() {
    state.space.checkWritable();
    state.space.giveAllBack();
  }

  /**
   * Keeps the devices as they are now for tools that read a live pool, until {@link
   * #releaseMetadataSnapshot}. Commits.
   *
   * @return the metadata block of the held root, as the status tells it
   * @throws PoolException if one is held already
   */
  public long reserveMetadataSnapshot() {
    return operations.alone(
        () -> {
          locked(new HeldMetadata(state, directory)::hold);
          commit();
          return state.superblock.heldRoot;
        });
  }

  /**
   * Lets the held metadata go, with the blocks that only it refers to. Does nothing if none is
   * held.
   *
   * @throws PoolException if the held metadata is damaged
   */
  public void releaseMetadataSnapshot() {
    changeAlone(state.table::releaseHeld);
  }

  /**
   * Tells the state; of a closed pool, too.
   *
   * @return the state at this moment
   */
  public PoolStatus status() {
    return StatusReport.of(state);
  }

  /**
   * Tells the counters.
   *
   * @return what was done since opening
   */
  public PoolStatistics statistics() {
    return StatusReport.statistics(state);
  }

  /**
   * Grows the data file, online. Writes that wait for space go on. Durable on return.
   *
   * @param dataBytes new size, not smaller than before
   * @throws PoolException if the size is smaller or out of range; nothing has changed
   */
  public void growData(long dataBytes) {
    long blocks = Limits.dataBlocks(dataBytes, state.superblock.blockSizeBytes);
    growTo(blocks, SpacePolicy.AS_IT_IS);
  }

  /**
   * Raises the metadata limit, online. Durable on return.
   *
   * @param metadataBytes new limit, not smaller than before
   * @throws PoolException if the limit is smaller or out of range; nothing has changed
   */
  public void growMetadata(long metadataBytes) {
    growTo(SpacePolicy.AS_IT_IS, Limits.nodeBlocks(metadataBytes));
  }

  /**
   * Grows the data file and raises the metadata limit, online, in one transaction. Durable on
   * return.
   *
   * @param dataBytes new size of the data file, not smaller than before
   * @param metadataBytes new limit of the metadata, not smaller than before
   * @throws PoolException if one is smaller or out of range; nothing has changed
   */
  public void grow(long dataBytes, long metadataBytes) {
    long blocks = Limits.dataBlocks(dataBytes, state.superblock.blockSizeBytes);
    growTo(blocks, Limits.nodeBlocks(metadataBytes));
  }

  private void growTo(long dataBlocks, long nodeBlocks) {
    changeAlone(() -> state.space.growTo(dataBlocks, nodeBlocks));
    commit();
  }

  /**
   * Changes what the pool does as it runs low and is full, while it is in use: writes that wait for
   * space follow the new policy. Durable on return.
   *
   * @param policy all of it
   * @throws PoolException if a value is out of range, or the data limit below the size; nothing has
   *     changed
   */
  public void setPolicy(PoolPolicy policy) {
    Limits.policy(policy);
    changeAlone(() -> state.space.setPolicy(policy));
    commit();
    housekeeper.wake();
  }

  /**
   * Adds a listener.
   *
   * @param listener hears of events until the pool is closed
   */
  public void addListener(PoolListener listener) {
    housekeeper.add(listener);
  }

  /**
   * Asks somebody before any device gets smaller, whoever wants that.
   *
   * @param guard asked until it is removed
   */
  public void addSizeGuard(SizeGuard guard) {
    state.sizeGuards.add(guard);
  }

  /**
   * Asks somebody no more.
   *
   * @param guard who was added; if it was not, nothing happens
   */
  public void removeSizeGuard(SizeGuard guard) {
    state.sizeGuards.remove(guard);
  }

  /**
   * The first commit that is sure to have all that was done before this call: the one that comes
   * next, or an earlier one. {@link #lastCommit} tells which are durable.
   *
   * @return its number
   */
  public long nextCommit() {
    return state.transactions.openSequence();
  }

  /**
   * The last commit that is durable: {@link PoolStatus#commitSequence} without the rest.
   *
   * @return its number
   */
  public long lastCommit() {
    return state.transactions.durableSequence();
  }

  /** Does the background thread's work once; for pools that were opened without one. */
  boolean tend() {
    return housekeeper.tend();
  }

  /**
   * Commits and closes. Devices still open fail from now on. Idempotent.
   *
   * @throws PoolException if the commit failed; the pool is closed all the same, as its last commit
   *     left it
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    boolean sound = state.mode() != PoolMode.READ_ONLY;
    state.closing();
    if (started.get()) {
      housekeeper.stop();
    }
    try {
      operations.between(() -> commitLast(sound));
    } finally {
      housekeeper.recordFailure();
      state.transactions.close();
      state.files.close();
    }
  }

  private Void commitLast(boolean sound) {
    state.inFlight.close();
    if (sound && state.transactions.failure() == null) {
      state.preallocations.release(false);
      state.sweep.last();
      state.transactions.commit();
      state.space.returns().giveBackLast();
      state.transactions.repeatLast();
    }
    return null;
  }
}
