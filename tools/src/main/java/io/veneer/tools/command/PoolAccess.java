// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.tools.control.ControlClient;
import io.veneer.tools.control.LivePool;
import io.veneer.tools.control.PoolTurn;
import io.veneer.tools.control.ServerState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A pool as commands see it, whoever has it open. Everything a command asks of a pool goes through
 * here, and nothing here hands out an object of the engine that could not be reached from another
 * process: operations are given as a batch, devices as {@link BlockDevice}.
 *
 * <p>Refusals and failures are {@link io.veneer.thinpool.PoolException}s. One thread.
 */
interface PoolAccess extends AutoCloseable {
  /** What a command is going to do. */
  enum Purpose {
    /** Nothing on disk changes; others may read at the same time. */
    READ,
    /** The pool changes; nobody else may have it open. */
    CHANGE,
    /** As {@link #READ}, and of no use when the server that was there has ended. */
    WATCH
  }

  /**
   * Opens a pool: through the process that serves it, or else itself. This is the one place that
   * decides how the pool is reached. What a server that ends has not begun is asked of whoever has
   * the pool next.
   *
   * @throws CommandFailure if there is no pool in the folder
   */
  static PoolAccess open(Path folder, Purpose purpose) {
    LocalPool.requirePool(folder);
    return PoolTurn.await(
        folder,
        PoolTurn.SHORT_NANOS,
        () -> served(folder, purpose),
        () -> LocalPool.open(folder, purpose));
  }

  /** Opens a pool whose server is ending, which may take it a while. */
  static PoolAccess openNext(Path folder, Purpose purpose) {
    return PoolTurn.await(
        folder,
        PoolTurn.LONG_NANOS,
        () -> served(folder, purpose),
        () -> LocalPool.open(folder, purpose));
  }

  private static Optional<PoolAccess> served(Path folder, Purpose purpose) {
    Optional<PoolAccess> served =
        ControlClient.find(folder).map(LivePool::new).map(ServedAccess::new);
    return purpose == Purpose.WATCH
        ? served
        : served.map(first -> new ResumedAccess(first, () -> openNext(folder, purpose)));
  }

  PoolStatus status();

  /** The process that serves the pool, or empty if this one has opened it itself. */
  Optional<ServerState> server();

  /**
   * Has a name to itself until this is closed, for work that takes more than one batch and must not
   * be done twice at a time.
   *
   * @param name what is done, a noun with its article, for the message to others
   * @param waitMillis how long to wait for another command that has it
   */
  void claim(String name, long waitMillis);

  /** What the pool can do for who opens it to change it, whoever has it open now. */
  PoolMode mode();

  /** All devices, ascending by name; refused where the record of one is damaged. */
  List<DeviceInfo> devices();

  /** The devices that can be read, of a pool that this process has opened; else the same. */
  List<DeviceInfo> wholeDevices();

  DeviceInfo device(String name);

  DeviceUsage usage(String name);

  /** Does all of it or nothing; durable on return. The batch must use no returned values. */
  void apply(Consumer<PoolOperations> batch);

  /** Waits until the blocks of removed devices are free again. */
  void awaitRemovals();

  BlockDevice openDevice(String name);

  BlockDevice openDeviceReadOnly(String name);

  void growData(long newDataBytes);

  void growMetadata(long newMetadataBytes);

  /** Durable on return. */
  void setPolicy(PoolPolicy policy);

  /** Both or none. */
  void grow(long newDataBytes, long newMetadataBytes);

  /** Makes everything durable and ends the use of the pool. Idempotent. */
  @Override
  void close();
}
