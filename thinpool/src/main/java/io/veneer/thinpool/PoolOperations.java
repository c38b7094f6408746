// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import java.util.Map;

/**
 * What can be done to the devices of a pool in one transaction. All of it becomes true together,
 * or, if any of it is refused, nothing does. Names are 1 to 255 bytes of UTF-8 without control
 * characters; the attributes of one device are at most 64 KiB in all.
 *
 * <p>Each method checks at once, and throws what it refuses; what came before it in the list still
 * stands, if the caller catches that and goes on. Besides what a method names, each may throw
 * {@link PoolException}: {@link ReadOnlyException} when the pool takes no changes, {@link
 * CorruptMetadataException} when metadata on the way is damaged. When there is no metadata for the
 * whole list, {@link OutOfMetadataSpaceException} comes at its end, and nothing has changed.
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
   * @throws DeviceExistsException if the name is taken
   * @throws OutOfDataSpaceException if the pool is so full that it makes no new devices
   * @throws PoolException REQUEST if the name or the size is out of range
   */
  int createDevice(String name, long sizeBytes);

  /**
   * Makes a device whose holes read as a raw file.
   *
   * @param name its name
   * @param sizeBytes 1 MiB to 16 TiB; rounded up to 512 bytes
   * @param externalOrigin absolute path of the file, at most 4096 bytes of UTF-8; the file must not
   *     change while the device lives. Whether it is there is seen when the device is opened
   * @return its id
   * @throws DeviceExistsException if the name is taken
   * @throws OutOfDataSpaceException if the pool is so full that it makes no new devices
   * @throws PoolException REQUEST if the name, the size or the path is out of range
   */
  int createDevice(String name, long sizeBytes, String externalOrigin);

  /**
   * Makes a device that shares all blocks of another, as they are at one point in time. Cost does
   * not depend on how much is mapped. The origin may be in use.
   *
   * @param name the new device's name
   * @param originName the device to take it of
   * @return the new device's id
   * @throws DeviceExistsException if the name is taken
   * @throws NoSuchDeviceException if there is no origin of that name
   * @throws OutOfDataSpaceException if the pool is so full that it makes no new devices, or the
   *     origin's write guarantee would be broken
   * @throws PoolException REQUEST if the name is out of range, or the origin got a smaller size in
   *     this transaction
   */
  int createSnapshot(String name, String originName);

  /**
   * Removes a device. The name goes at once; the blocks that it alone holds go in the background,
   * after the last close.
   *
   * @param name the device
   * @throws NoSuchDeviceException if there is none of that name
   */
  void removeDevice(String name);

  /**
   * Gives a device another name.
   *
   * @param name the device
   * @param newName the new name
   * @throws NoSuchDeviceException if there is none of that name
   * @throws DeviceExistsException if the new name is taken
   * @throws PoolException REQUEST if the new name is out of range
   */
  void renameDevice(String name, String newName);

  /**
   * Changes a device's size. What lies beyond a smaller size is discarded; a shared block at the
   * new end is copied for that, whatever the quota.
   *
   * @param name the device
   * @param sizeBytes 1 MiB to 16 TiB; rounded up to 512 bytes
   * @throws NoSuchDeviceException if there is none of that name
   * @throws ReadOnlyException if the device is sealed
   * @throws OutOfDataSpaceException if it has a write guarantee and there are not the blocks for
   *     it, or none for that copy
   * @throws PoolException REQUEST if the size is out of range, or a smaller one comes after a
   *     snapshot in this transaction or is refused by a {@link SizeGuard}
   */
  void resizeDevice(String name, long sizeBytes);

  /**
   * Replaces a device's attributes.
   *
   * @param name the device
   * @param attributes names and values, 64 KiB in all at the most
   * @throws NoSuchDeviceException if there is none of that name
   * @throws PoolException REQUEST if they are too long
   */
  void setAttributes(String name, Map<String, String> attributes);

  /**
   * Makes a device read-only for good. Those who have it open for writing are refused from then on.
   *
   * @param name the device
   * @throws NoSuchDeviceException if there is none of that name
   */
  void sealDevice(String name);

  /**
   * Limits what a device may provision. What it has beyond a lower limit stays; a write guarantee
   * does not lift the limit. Making the device smaller may take a block beyond it each time.
   *
   * @param name the device
   * @param quotaBytes limit in bytes, against which whole blocks count; or 0 for none
   * @throws NoSuchDeviceException if there is none of that name
   * @throws PoolException REQUEST if the limit is negative
   */
  void setQuota(String name, long quotaBytes);

  /**
   * Keeps blocks so that no write to the device fails because the pool is full.
   *
   * @param name the device
   * @param guaranteed on or off
   * @throws NoSuchDeviceException if there is none of that name
   * @throws ReadOnlyException if the device is sealed
   * @throws OutOfDataSpaceException if there are not the blocks for it
   */
  void setGuarantee(String name, boolean guaranteed);

  /**
   * Sets the number that is kept for the user's volume manager, if it is what the caller believes.
   *
   * @param expected the number now, of any value; 0 in a new pool
   * @param next the new number, of any value
   * @throws PoolException REQUEST if it is another number now
   */
  void setTransactionId(long expected, long next);

  /**
   * Looks a device up, with what this transaction has done so far.
   *
   * @param name the device
   * @return what is recorded of it
   * @throws NoSuchDeviceException if there is none of that name
   */
  DeviceInfo device(String name);
}
