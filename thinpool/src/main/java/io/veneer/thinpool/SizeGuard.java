// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

/**
 * Has a say before a device gets smaller. What lies beyond the new end is lost, and only who uses
 * the device knows whether somebody relies on it.
 */
public interface SizeGuard {
  /**
   * Lets a device get smaller by returning. Asked inside the transaction, on its thread, while no
   * device can be opened; it must return soon, wait for nobody and not use the pool.
   *
   * @param deviceId the device
   * @param name its name in this transaction
   * @throws PoolException if it must keep its size, with what to do first
   */
  void beforeSmaller(int deviceId, String name);
}
