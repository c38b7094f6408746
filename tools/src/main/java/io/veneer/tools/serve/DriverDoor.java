// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.tools.control.DoorState;
import java.util.List;
import java.util.function.Supplier;

/**
 * The thin driver of the served pool, behind the doors that serve layers. There is one, because it
 * keeps changes of one layer apart. It has no address of its own, and costs nothing until it is
 * used.
 */
public final class DriverDoor implements Door {
  private static final String VOLUMES = "volumes";

  private final AttachDoor attach;
  private final Supplier<VolumeOptions> options;
  private StorageDriver driver;

  /**
   * A driver that is not open yet.
   *
   * @param attach gives block device paths; started before and stopped after this
   * @param options the volumes of layers without parents; refuses, as {@link #check} does, what was
   *     asked for wrongly
   */
  public DriverDoor(AttachDoor attach, Supplier<VolumeOptions> options) {
    this.attach = attach;
    this.options = options;
  }

  /**
   * The driver, for doors that are started later.
   *
   * @return the open driver; stays this door's
   */
  public StorageDriver driver() {
    return driver;
  }

  @Override
  public boolean isAsked() {
    return true;
  }

  @Override
  public void check() {
    options.get();
  }

  @Override
  public void start(ServedPool served) {
    driver =
        ThinDriver.openMounted(
            served.pool(), attach.attachments(), options.get(), served.folder().resolve(VOLUMES));
  }

  @Override
  public List<DoorState> states() {
    return List.of();
  }

  @Override
  public void stop() {
    if (driver != null) {
      driver.close();
    }
  }
}
