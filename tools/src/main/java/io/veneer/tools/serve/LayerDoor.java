// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.StorageDriver;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.layers.LayerService;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/**
 * Layers and containers for the {@code veneer layer} and {@code veneer container} commands. Takes
 * no options and has no address of its own: the commands come over the control socket. What they
 * mounted goes away with the driver.
 */
public final class LayerDoor implements Door {
  private final Supplier<StorageDriver> driver;

  /**
   * A door without options.
   *
   * @param driver gives the driver of the served pool, once the door is started
   */
  public LayerDoor(Supplier<StorageDriver> driver) {
    this.driver = driver;
  }

  @Override
  public boolean isAsked() {
    return true;
  }

  @Override
  public void check() {}

  @Override
  public void start(ServedPool served) {
    LayerService service = new LayerService(served.pool(), driver.get(), Clock.systemUTC());
    service.removeLeftovers();
    service.addTo(served.requests());
  }

  @Override
  public List<DoorState> states() {
    return List.of();
  }

  @Override
  public void stop() {}
}
