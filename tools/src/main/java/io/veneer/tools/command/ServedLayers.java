// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.control.ControlClient;
import java.util.function.Consumer;

/** The layers of a pool that another process serves. */
final class ServedLayers implements LayerAccess {
  private final ControlClient client;

  ServedLayers(ControlClient client) {
    this.client = client;
  }

  @Override
  public JsonObject call(String type, JsonObject arguments, Consumer<JsonObject> parts) {
    return client.call(type, arguments, parts);
  }

  @Override
  public void close() {
    client.close();
  }
}
