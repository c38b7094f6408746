// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.nio.file.Path;

/**
 * Something that was written to a block device has not reached the thin device, because writing it
 * back failed, now or earlier. What could be written back was; the rest the kernel has given up.
 */
final class LostWritesException extends PoolException {
  private static final long serialVersionUID = 1L;

  LostWritesException(Path blockDevice, String cause) {
    super(
        Severity.REQUEST,
        "writes to the device have failed, and what was written last may be missing; the server's"
            + " log may say why; detach it again to go without that: path="
            + blockDevice
            + " cause="
            + cause);
  }
}
