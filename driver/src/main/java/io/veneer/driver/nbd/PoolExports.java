// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.ExtentVisitor;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.pool.ThinPool;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The devices of a pool as exports; an export's name is the device's name. Threads: any. The pool
 * belongs to the caller and must outlive the server.
 */
public final class PoolExports implements ExportSource {
  private static final long NEAR_FULL_BYTES = 256L << 20;
  private static final long FRESH_NANOS = 100_000_000;

  /** How soon a policy that changed must be known. */
  private static final long POLICY_NANOS = 1_000_000_000;

  private final ThinPool pool;
  private final String defaultExport;
  private volatile boolean queues;
  private volatile boolean nearFull;
  private volatile long nearFullNanos;

  /**
   * Serves a pool.
   *
   * @param pool the pool
   * @param defaultExport the device for clients that name none, or null: then it is the pool's only
   *     device, if it has just one
   */
  public PoolExports(ThinPool pool, String defaultExport) {
    this.pool = Objects.requireNonNull(pool);
    this.defaultExport = defaultExport;
    look(pool.status());
  }

  @Override
  public List<String> names() {
    return pool.devices().stream().map(DeviceInfo::name).toList();
  }

  @Override
  public Optional<String> defaultName() {
    if (defaultExport != null) {
      return Optional.of(defaultExport);
    }
    List<DeviceInfo> devices = pool.devices();
    return devices.size() == 1 ? Optional.of(devices.get(0).name()) : Optional.empty();
  }

  @Override
  public BlockDevice open(String name, boolean readOnly) {
    return readOnly || pool.device(name).sealed()
        ? pool.openDeviceReadOnly(name)
        : pool.openDevice(name);
  }

  @Override
  public String description(String name) {
    DeviceInfo info = pool.device(name);
    return "thin device " + info.id() + (info.sealed() ? ", sealed" : "");
  }

  @Override
  public boolean knowsChanges(String name, String since) {
    try {
      return !name.equals(since) && pool.device(name) != null && pool.device(since) != null;
    } catch (NoSuchDeviceException e) {
      return false;
    }
  }

  @Override
  public void changedSince(BlockDevice device, BlockDevice since, ExtentVisitor visitor) {
    pool.changedSince(device, since, visitor);
  }

  /** True only for a pool that queues writes, and only while it is near to full. */
  @Override
  public boolean writesMayWait() {
    if (System.nanoTime() - nearFullNanos > (queues ? FRESH_NANOS : POLICY_NANOS)) {
      look(pool.status());
    }
    return nearFull;
  }

  private void look(PoolStatus status) {
    long free = status.totalDataBytes() - status.usedDataBytes();
    queues = status.noSpacePolicy() == NoSpacePolicy.QUEUE;
    nearFull = queues && free < Math.max(NEAR_FULL_BYTES, status.lowWaterBytes());
    nearFullNanos = System.nanoTime();
  }
}
