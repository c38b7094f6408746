// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.tools.control.LivePool;
import io.veneer.tools.control.ServerState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A pool that another process serves. */
final class ServedAccess implements PoolAccess {
  private final LivePool pool;

  ServedAccess(LivePool pool) {
    this.pool = pool;
  }

  @Override
  public PoolStatus status() {
    return pool.status();
  }

  @Override
  public Optional<ServerState> server() {
    return Optional.of(pool.server());
  }

  @Override
  public void claim(String name, long waitMillis) {
    pool.claim(name, waitMillis);
  }

  @Override
  public PoolMode mode() {
    return pool.status().mode();
  }

  @Override
  public List<DeviceInfo> devices() {
    return pool.devices();
  }

  @Override
  public List<DeviceInfo> wholeDevices() {
    return pool.devices();
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
    pool.apply(batch);
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
    pool.close();
  }
}
