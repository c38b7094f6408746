// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.PoolStatus;
import io.veneer.tools.control.ServerEndingException;
import io.veneer.tools.control.ServerState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A pool whose server may end in the middle of a command. What it has not begun then is asked of
 * whoever has the pool next, so that the command need not know. Devices that are open end with
 * their server.
 */
final class ResumedAccess implements PoolAccess {
  private final Supplier<PoolAccess> next;
  private PoolAccess pool;
  private boolean claimed;

  /**
   * A pool that is reached already.
   *
   * @param first the pool; closed with this
   * @param next reaches it when its server ends
   */
  ResumedAccess(PoolAccess first, Supplier<PoolAccess> next) {
    this.pool = first;
    this.next = next;
  }

  /** A claim ends with its server, and what it kept away could come between here and there. */
  private <T> T ask(Function<PoolAccess, T> question) {
    try {
      return question.apply(pool);
    } catch (ServerEndingException e) {
      if (claimed) {
        throw e;
      }
      pool.close();
      pool = next.get();
      return question.apply(pool);
    }
  }

  private void tell(Consumer<PoolAccess> request) {
    ask(
        access -> {
          request.accept(access);
          return null;
        });
  }

  @Override
  public PoolStatus status() {
    return ask(PoolAccess::status);
  }

  @Override
  public Optional<ServerState> server() {
    return ask(PoolAccess::server);
  }

  @Override
  public void claim(String name, long waitMillis) {
    tell(access -> access.claim(name, waitMillis));
    claimed = true;
  }

  @Override
  public PoolMode mode() {
    return ask(PoolAccess::mode);
  }

  @Override
  public List<DeviceInfo> devices() {
    return ask(PoolAccess::devices);
  }

  @Override
  public List<DeviceInfo> wholeDevices() {
    return ask(PoolAccess::wholeDevices);
  }

  @Override
  public DeviceInfo device(String name) {
    return ask(access -> access.device(name));
  }

  @Override
  public DeviceUsage usage(String name) {
    return ask(access -> access.usage(name));
  }

  @Override
  public void apply(Consumer<PoolOperations> batch) {
    tell(access -> access.apply(batch));
  }

  @Override
  public void awaitRemovals() {
    tell(PoolAccess::awaitRemovals);
  }

  @Override
  public BlockDevice openDevice(String name) {
    return ask(access -> access.openDevice(name));
  }

  @Override
  public BlockDevice openDeviceReadOnly(String name) {
    return ask(access -> access.openDeviceReadOnly(name));
  }

  @Override
  public void growData(long newDataBytes) {
    tell(access -> access.growData(newDataBytes));
  }

  @Override
  public void growMetadata(long newMetadataBytes) {
    tell(access -> access.growMetadata(newMetadataBytes));
  }

  @Override
  public void setPolicy(PoolPolicy policy) {
    tell(access -> access.setPolicy(policy));
  }

  @Override
  public void grow(long newDataBytes, long newMetadataBytes) {
    tell(access -> access.grow(newDataBytes, newMetadataBytes));
  }

  @Override
  public void close() {
    pool.close();
  }
}
