// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.pool.ThinPool;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Snapshot devices that last as long as a question: what a volume was at one moment, while it is
 * written on. They have no record, so that nobody sees them; what a crash leaves of them goes when
 * the driver is opened again. Any thread.
 */
final class Moments {
  /** No key that begins like this is looked for by anybody. */
  private static final String PREFIX = "veneer-moment:";

  private final ThinPool pool;
  private final MountedVolumes volumes;
  private final AtomicLong serial = new AtomicLong();

  Moments(ThinPool pool, MountedVolumes volumes) {
    this.pool = pool;
    this.volumes = volumes;
  }

  /** One moment of a volume; its device goes when this is closed. */
  final class Moment implements AutoCloseable {
    private final String device;

    private Moment(String device) {
      this.device = device;
    }

    String device() {
      return device;
    }

    @Override
    public void close() {
      removeIfThere(device);
    }
  }

  /**
   * Takes a moment at which the file system is consistent, if this process can see its mounts, and
   * of which nothing was lost; DATA_LOSS otherwise.
   */
  Moment of(String volume) {
    LostWrites.requireNone(pool, volume); // first, as the moment may need room
    String device = name(volume);
    volumes.whileQuiet(volume, () -> translated(() -> pool.createSnapshot(device, volume)));
    Moment moment = new Moment(device);
    try {
      LostWrites.requireNone(pool, volume); // again, as holding it still had it written back
    } catch (RuntimeException e) {
      moment.close();
      throw e;
    }
    return moment;
  }

  /** Takes a moment as a power cut would leave it, without holding up anybody. */
  Moment unprepared(String volume) {
    String device = name(volume);
    translated(() -> pool.createSnapshot(device, volume));
    return new Moment(device);
  }

  private String name(String volume) {
    int id = translated(() -> pool.device(volume)).id();
    return PREFIX + serial.incrementAndGet() + ":" + id;
  }

  /** Removes what an earlier process left. */
  void removeLeftovers() {
    translated(pool::devices).stream()
        .map(DeviceInfo::name)
        .filter(name -> name.startsWith(PREFIX))
        .forEach(this::removeIfThere);
  }

  private void removeIfThere(String device) {
    translated(
        () -> {
          try {
            pool.removeDevice(device);
          } catch (NoSuchDeviceException e) {
            // Then it is gone already.
          }
        });
  }
}
