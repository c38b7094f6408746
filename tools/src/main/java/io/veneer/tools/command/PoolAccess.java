// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolStatus;
import java.nio.file.Path;
import java.util.List;
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
    CHANGE
  }

  /**
   * Opens a pool. This is the one place that decides how the pool is reached.
   *
   * @throws CommandFailure if there is no pool in the folder
   */
  static PoolAccess open(Path folder, Purpose purpose) {
    return LocalPool.open(folder, purpose);
  }

  PoolStatus status();

  /** What the pool can do for who opens it to change it, whoever has it open now. */
  PoolMode mode();

  /** All devices, ascending by name. */
  List<DeviceInfo> devices();

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

  /** Makes everything durable and ends the use of the pool. Idempotent. */
  @Override
  void close();
}
