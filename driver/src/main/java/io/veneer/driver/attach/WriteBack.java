// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes back what the kernel holds for a block device that is to be taken back, and tells once
 * what that could not do.
 *
 * <p>The kernel tells a failed write once for each open file, and does not try that write again. So
 * the next call writes back what is left, and succeeds, unless other writes have failed meanwhile.
 * What fails again at once is no write but the flush behind it, as of a device whose connection or
 * whose pool is gone: that will never succeed, and keeps nobody who was told from going on.
 *
 * <p>What takes long is left to a program. A thread of ours that waits for a device which we serve
 * cannot be ended by a kill, keeps what we answer on open with nobody to answer, and so waits for
 * ever, as do {@code losetup} and whoever else asks for that device. A program of its own fails
 * when we are gone.
 *
 * <p>Owned by one thread at a time.
 */
final class WriteBack {
  private static final Logger LOG = LoggerFactory.getLogger(WriteBack.class);

  private boolean told;

  /**
   * Has a program write back what the kernel holds for a block device, and force it.
   *
   * @param blockDevice the device
   * @return whether all of it is durable; if not, it is to be tried without a program
   */
  static boolean byProgram(Path blockDevice) {
    try {
      Optional<HostProgram> sync = HostProgram.find("sync");
      return sync.isPresent() && sync.get().run(blockDevice.toString()).isEmpty();
    } catch (IOException e) {
      LOG.debug("not written back by a program: path={}", blockDevice, e);
      return false;
    }
  }

  /**
   * Writes back.
   *
   * @param descriptor an open file of the block device
   * @throws LostWritesException if something could not be written back, now or since the last time
   *     this was asked for
   */
  void force(int descriptor, Path blockDevice) {
    int result =
        byProgram(blockDevice)
            ? DeviceCalls.awaitWrittenBack(descriptor)
            : DeviceCalls.force(descriptor);
    if (result >= 0 || told && DeviceCalls.force(descriptor) < 0) {
      return;
    }
    told = true;
    throw new LostWritesException(blockDevice, DeviceCalls.describe(result));
  }
}
