// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import java.util.Map;

/**
 * What can be done to the devices of a pool in one transaction. All of it becomes true together,
 * or, if any of it is refused, nothing does. Names are 1 to 255 bytes of UTF-8 without control
 * characters; the attributes of one device are at most 64 KiB in all.
 *
 * <p>Used only inside the call that handed it out, on that thread.
 */
public interface PoolOperations {
  /**
   * Makes an empty device.
   *
   * @param name its name
   * @param sizeBytes 1 MiB to 16 TiB; rounded up to 512 bytes
   * @return its id
   */
  int createDevice(String name, long sizeBytes);

  /**
   * Makes a device whose holes read as a raw file.
   *
   * @param name its name
   * @param sizeBytes 1 MiB to 16 TiB
   * @param externalOrigin absolute path of the file; it must not change while the device lives
   * @return its id
   */
  int createDevice(String name, long sizeBytes, String externalOrigin);

  /**
   * Makes a device that shares all blocks of another, as they are at one point in time. Cost does
   * not depend on how much is mapped. The origin may be in use.
   *
   * @param name the new device's name
   * @param originName the device to take it of
   * @return the new device's id
   */
  int createSnapshot(String name, String originName);

  /**
   * Removes a device. The name goes at once; the blocks that it alone holds go in the background,
   * after the last close.
   *
   * @param name the device
   */
  void removeDevice(String name);

  /**
   * Gives a device another name.
   *
   * @param name the device
   * @param newName the new name
   */
  void renameDevice(String name, String newName);

  /**
   * Changes a device's size. What lies beyond a smaller size is discarded.
   *
   * @param name the device
   * @param sizeBytes 1 MiB to 16 TiB; rounded up to 512 bytes
   */
  void resizeDevice(String name, long sizeBytes);

  /**
   * Replaces a device's attributes.
   *
   * @param name the device
   * @param attributes names and values, 64 KiB in all at the most
   */
  void setAttributes(String name, Map<String, String> attributes);

  /**
   * Makes a device read-only for good. Those who have it open for writing are refused from then on.
   *
   * @param name the device
   */
  void sealDevice(String name);

  /**
   * Limits what a device may provision.
   *
   * @param name the device
   * @param quotaBytes limit in bytes, or 0 for none
   */
  void setQuota(String name, long quotaBytes);

  /**
   * Keeps blocks so that no write to the device fails because the pool is full.
   *
   * @param name the device
   * @param guaranteed on or off
   */
  void setGuarantee(String name, boolean guaranteed);

  /**
   * Sets the number that is kept for the user's volume manager, if it is what the caller believes.
   *
   * @param expected the number now
   * @param next the new number
   */
  void setTransactionId(long expected, long next);

  /**
   * Looks a device up, with what this transaction has done so far.
   *
   * @param name the device
   * @return what is recorded of it
   */
  DeviceInfo device(String name);
}
