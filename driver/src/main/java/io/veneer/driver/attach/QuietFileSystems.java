// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds mounted file systems still: all that was written is on the device, consistent, and whoever
 * writes waits. Source of the requests: the kernel's {@code linux/fs.h}, FIFREEZE and FITHAW.
 * Stateless; any thread.
 */
final class QuietFileSystems {
  private static final Logger LOG = LoggerFactory.getLogger(QuietFileSystems.class);
  private static final int FREEZE = 0xC0045877;
  private static final int THAW = 0xC0045878;

  private QuietFileSystems() {}

  /** Freezes them, does the work, and lets them go, whatever happens. */
  static void during(List<String> mountPoints, Runnable work) {
    List<Integer> frozen = new ArrayList<>();
    try {
      for (String point : mountPoints) {
        frozen.add(freeze(point));
      }
      work.run();
    } finally {
      frozen.forEach(QuietFileSystems::thaw);
    }
  }

  private static int freeze(String point) {
    int descriptor = DeviceCalls.open(point, DeviceCalls.O_RDONLY);
    int result = descriptor < 0 ? descriptor : DeviceCalls.control(descriptor, FREEZE);
    if (result < 0) {
      if (descriptor >= 0) {
        DeviceCalls.close(descriptor);
      }
      throw PoolException.badRequest(
          "file system cannot be held still: mount="
              + point
              + " cause="
              + DeviceCalls.describe(result));
    }
    return descriptor;
  }

  private static void thaw(int descriptor) {
    int result = DeviceCalls.control(descriptor, THAW);
    if (result < 0) {
      LOG.warn("file system stays frozen cause={}", DeviceCalls.describe(result));
    }
    DeviceCalls.close(descriptor);
  }
}
