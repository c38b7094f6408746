// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.nio.file.Path;

/**
 * Writes back what the kernel holds for a block device that is to be taken back, and tells once
 * what that could not do.
 *
 * <p>The kernel tells a failed write once for each open file, and does not try that write again. So
 * the next call writes back what is left, and succeeds, unless other writes have failed meanwhile.
 * What fails again at once is no write but the flush behind it, as of a device whose connection or
 * whose pool is gone: that will never succeed, and keeps nobody who was told from going on.
 *
 * <p>Owned by one thread at a time.
 */
final class WriteBack {
  private boolean told;

  /**
   * Writes back.
   *
   * @param descriptor an open file of the block device
   * @throws LostWritesException if something could not be written back, now or since the last time
   *     this was asked for
   */
  void force(int descriptor, Path blockDevice) {
    int result = DeviceCalls.force(descriptor);
    if (result >= 0 || told && DeviceCalls.force(descriptor) < 0) {
      return;
    }
    told = true;
    throw new LostWritesException(blockDevice, DeviceCalls.describe(result));
  }
}
