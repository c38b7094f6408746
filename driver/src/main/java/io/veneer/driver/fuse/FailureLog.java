// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.PoolException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why requests on a device fail, once a minute for each cause: who uses the device is told an
 * errno at the most, often later and somebody else, and a device that fails does so for each
 * request. Any thread.
 */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<Class<?>, Long> toldNanos = new ConcurrentHashMap<>();

  /** Says it, unless it was said of this cause within the last minute. */
  void tell(String device, int opcode, Throwable failure) {
    long now = System.nanoTime();
    Long before = toldNanos.get(failure.getClass());
    if (before != null && now - before < QUIET_NANOS) {
      return;
    }
    toldNanos.put(failure.getClass(), now);
    boolean explained = failure instanceof PoolException;
    LOG.warn(
        "requests fail: device={} operation={} cause={}",
        device,
        operation(opcode),
        explained ? failure.getMessage() : failure.toString(),
        explained ? null : failure);
  }

  private static String operation(int opcode) {
    return switch (opcode) {
      case FuseProtocol.READ -> "read";
      case FuseProtocol.WRITE -> "write";
      case FuseProtocol.FSYNC, FuseProtocol.FLUSH -> "flush";
      case FuseProtocol.FALLOCATE -> "discard/zero";
      case FuseProtocol.LSEEK -> "seek";
      case FuseProtocol.GETATTR -> "getattr";
      case FuseProtocol.SETATTR -> "setattr";
      case FuseProtocol.OPEN -> "open";
      case FuseProtocol.RELEASE -> "close";
      case FuseProtocol.STATFS -> "statfs";
      case FuseProtocol.INIT -> "init";
      default -> Integer.toString(opcode);
    };
  }
}
