// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes mounted file systems write back what they hold in memory. Stateless; any thread. */
final class MountedFileSystems {
  private static final Logger LOG = LoggerFactory.getLogger(MountedFileSystems.class);
  private static final long PATIENCE_SECONDS = 10;

  private MountedFileSystems() {}

  /** Tries for a while; a file system that cannot write must not hold up who asks. */
  static void writeBack(List<String> mountPoints) {
    Thread writer = new Thread(() -> mountPoints.forEach(MountedFileSystems::force), "write-back");
    writer.setDaemon(true);
    writer.start();
    try {
      writer.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void force(String mountPoint) {
    int descriptor = DeviceCalls.open(mountPoint, DeviceCalls.O_RDONLY);
    int result = descriptor;
    if (descriptor >= 0) {
      result = DeviceCalls.forceFileSystem(descriptor);
      DeviceCalls.close(descriptor);
    }
    if (result < 0) {
      LOG.warn("not written back: mount={} cause={}", mountPoint, DeviceCalls.describe(result));
    }
  }
}
