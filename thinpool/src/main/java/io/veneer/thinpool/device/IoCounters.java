// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.device;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the devices of a pool did since it was opened. Any thread. */
public final class IoCounters {
  private final LongAdder copiedBytes = new LongAdder();
  private final LongAdder zeroedBytes = new LongAdder();
  private final LongAdder elidedWrites = new LongAdder();
  private final Map<Integer, LongAdder> failedWrites = new ConcurrentHashMap<>();

  void copied(long bytes) {
    copiedBytes.add(bytes);
  }

  void zeroed(long bytes) {
    zeroedBytes.add(bytes);
  }

  void elided() {
    elidedWrites.increment();
  }

  void failed(int deviceId) {
    failedWrites.computeIfAbsent(deviceId, id -> new LongAdder()).increment();
  }

  /**
   * Writes and flushes of a device that the pool could not do, whoever asked for them.
   *
   * @param deviceId the device
   * @return requests since the pool was opened
   */
  public long failedWrites(int deviceId) {
    LongAdder count = failedWrites.get(deviceId);
    return count == null ? 0 : count.sum();
  }

  /**
   * Bytes copied to break sharing.
   *
   * @return bytes
   */
  public long copiedBytes() {
    return copiedBytes.sum();
  }

  /**
   * Bytes cleared in fresh blocks that a write covered in part.
   *
   * @return bytes
   */
  public long zeroedBytes() {
    return zeroedBytes.sum();
  }

  /**
   * Writes that stored nothing.
   *
   * @return how many
   */
  public long elidedWrites() {
    return elidedWrites.sum();
  }
}
