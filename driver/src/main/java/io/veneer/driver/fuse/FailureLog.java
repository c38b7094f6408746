// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.fuse;

import io.veneer.thinpool.PoolException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why requests on a device fail, once for each cause: who uses the device is told an errno at
 * the most, often later and somebody else, and a device that fails does so for each request. Any
 * thread.
 */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private final Set<Class<?>> told = ConcurrentHashMap.newKeySet();

  /** Says it, unless it was said of this cause before; whether it did. */
  boolean tell(String device, int opcode, Throwable failure) {
    if (!told.add(failure.getClass())) {
      return false;
    }
    boolean explained = failure instanceof PoolException;
    LOG.warn(
        "requests fail: device={} opcode={} cause={}",
        device,
        opcode,
        failure.toString(),
        explained ? null : failure);
    return true;
  }
}
