// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import com.google.gson.JsonObject;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.image.Images;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.tools.control.Arguments;
import io.veneer.tools.control.ControlRequests;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Does what the layer and container commands ask, in the process that has the pool open: a server,
 * which answers over the control socket, or the command itself. Both get the same answers.
 *
 * <p>Failures are {@link io.veneer.driver.DriverException}s and {@link
 * io.veneer.thinpool.PoolException}s. Any thread. Owns neither the pool nor the driver.
 */
public final class LayerService {
  /** Does one type of request; may tell parts of its answer before. */
  @FunctionalInterface
  interface Handler {
    JsonObject answer(Arguments arguments, Consumer<JsonObject> parts);
  }

  private final Map<String, Handler> handlers = new HashMap<>();
  private final Images images;

  /**
   * Makes a service.
   *
   * @param pool the pool, open for reading at least
   * @param driver the thin driver of that pool
   * @param clock for times that are noted
   */
  public LayerService(ThinPool pool, StorageDriver driver, Clock clock) {
    this.images = new Images(driver, clock);
    LayerState state = new LayerState(pool, driver, images);
    new ImageRequests(state).addTo(handlers);
    new ContainerRequests(state).addTo(handlers);
    new SizeRequests(state).addTo(handlers);
  }

  /** Removes what commands that were killed left; once, before the first request that changes. */
  public void removeLeftovers() {
    images.removeLeftovers();
  }

  /**
   * Answers a request.
   *
   * @param type its name, one of {@link LayerWords}
   * @param arguments its arguments
   * @param parts hears of progress
   * @return the answer
   */
  public JsonObject answer(String type, JsonObject arguments, Consumer<JsonObject> parts) {
    return handlers.get(type).answer(new Arguments(arguments), parts);
  }

  /**
   * Answers over a control socket.
   *
   * @param requests the server's requests
   */
  public void addTo(ControlRequests requests) {
    handlers.forEach((type, handler) -> requests.addLong(type, handler::answer));
  }
}
