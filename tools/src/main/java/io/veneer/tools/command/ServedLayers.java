// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.control.ControlClient;
import io.veneer.tools.control.ServerEndingException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The layers of a pool that another process serves. What that has not begun when it ends is asked
 * of whoever has the pool next.
 */
final class ServedLayers implements LayerAccess {
  private final ControlClient client;
  private final Supplier<LayerAccess> opening;
  private LayerAccess next;

  ServedLayers(ControlClient client, Supplier<LayerAccess> opening) {
    this.client = client;
    this.opening = opening;
  }

  @Override
  public JsonObject call(String type, JsonObject arguments, Consumer<JsonObject> parts) {
    if (next != null) {
      return next.call(type, arguments, parts);
    }
    try {
      return client.call(type, arguments, parts);
    } catch (ServerEndingException e) {
      client.close();
      next = opening.get();
      return next.call(type, arguments, parts);
    }
  }

  @Override
  public void close() {
    client.close();
    if (next != null) {
      next.close();
    }
  }
}
