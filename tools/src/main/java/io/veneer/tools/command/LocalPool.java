// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.host.ShellWord;
import io.veneer.driver.keep.Keeper;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.file.HostPoolFiles;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.ServerState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A pool that this process opens itself. If the process is told to end (Ctrl-C, a service manager),
 * the pool is closed first, so that what was done until then is durable. Only {@link #close} may be
 * called from another thread.
 */
final class LocalPool implements PoolAccess {
  private final ThinPool pool;
  private final boolean reading;
  private final Thread closeAtExit = new Thread(this::closePool, "close-pool");

  private LocalPool(ThinPool pool, boolean reading) {
    this.pool = pool;
    this.reading = reading;
  }

  static LocalPool open(Path folder, Purpose purpose) {
    boolean reading = purpose != Purpose.CHANGE;
    LocalPool opened =
        new LocalPool(reading ? ThinPool.openReadOnly(folder) : openToChange(folder), reading);
    Runtime.getRuntime().addShutdownHook(opened.closeAtExit);
    return opened;
  }

  /** Its lock first: a server that is just ending has a keeper for as long. */
  static ThinPool openToChange(Path folder) {
    ThinPool pool = ThinPool.openIdle(folder);
    try {
      requireNotKept(folder);
    } catch (RuntimeException | Error e) {
      pool.close();
      throw e;
    }
    pool.start();
    return pool;
  }

  /** A change would be lost under what the next server has to write again. */
  static void requireNotKept(Path folder) {
    if (Keeper.isThere(folder)) {
      throw new CommandFailure(
          "attached devices of "
              + folder
              + " are in use and wait for the next server; start it: veneer serve "
              + ShellWord.of(folder));
    }
  }

  /**
   * Says who has the pool where that process should answer for it and does not.
   *
   * @throws io.veneer.thinpool.PoolLockedException if a process has it to change it
   */
  static void requireNotLocked(Path folder) {
    if (HostPoolFiles.isInUse(folder)) {
      ThinPool.openReadOnly(folder).close();
    }
  }

  /** Tells the usual mistakes apart before anything is opened. */
  static void requirePool(Path folder) {
    if (!Files.exists(folder)) {
      throw new CommandFailure(
          "there is no folder "
              + folder
              + "; 'veneer pool create "
              + ShellWord.of(folder)
              + "' makes a pool");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandFailure(folder + " is not a folder; name the folder of the pool");
    }
    if (!Files.exists(folder.resolve("metadata"))) {
      throw new CommandFailure(
          "there is no pool in "
              + folder
              + " (no file 'metadata'); name the folder of a pool, or make one with"
              + " 'veneer pool create'");
    }
  }

  @Override
  public PoolStatus status() {
    return pool.status();
  }

  @Override
  public Optional<ServerState> server() {
    return Optional.empty();
  }

  /** Nobody else has the pool. */
  @Override
  public void claim(String name, long waitMillis) {}

  /** A pool that is open for reading calls itself read-only; what a writer would find is asked. */
  @Override
  public PoolMode mode() {
    PoolStatus status = pool.status();
    if (!reading || status.needsCheck() || status.onlyReadable()) {
      return status.mode();
    }
    long takenBytes = status.usedDataBytes() + status.reservedDataBytes();
    boolean full = takenBytes >= Math.max(status.totalDataBytes(), status.dataLimitBytes());
    return full ? PoolMode.OUT_OF_DATA_SPACE : PoolMode.WRITE;
  }

  @Override
  public List<DeviceInfo> devices() {
    return pool.devices();
  }

  @Override
  public List<DeviceInfo> wholeDevices() {
    return pool.wholeDevices();
  }

  @Override
  public DeviceInfo device(String name) {
    return pool.device(name);
  }

  @Override
  public DeviceUsage usage(String name) {
    return pool.usage(name);
  }

  @Override
  public void apply(Consumer<PoolOperations> batch) {
    pool.transact(
        operations -> {
          batch.accept(operations);
          return null;
        });
    pool.commit();
  }

  @Override
  public void awaitRemovals() {
    pool.awaitRemovals();
  }

  @Override
  public BlockDevice openDevice(String name) {
    return pool.openDevice(name);
  }

  @Override
  public BlockDevice openDeviceReadOnly(String name) {
    return pool.openDeviceReadOnly(name);
  }

  @Override
  public void growData(long newDataBytes) {
    pool.growData(newDataBytes);
  }

  @Override
  public void growMetadata(long newMetadataBytes) {
    pool.growMetadata(newMetadataBytes);
  }

  @Override
  public void setPolicy(PoolPolicy policy) {
    pool.setPolicy(policy);
  }

  @Override
  public void grow(long newDataBytes, long newMetadataBytes) {
    pool.grow(newDataBytes, newMetadataBytes);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(closeAtExit);
    } catch (IllegalStateException processIsEnding) {
      // The hook runs beside us; closing twice does no harm.
    }
    closePool();
  }

  private synchronized void closePool() {
    pool.close();
  }
}
