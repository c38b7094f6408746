// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of an image that was made of a container: that of the image below, with one
 * step more in its history. Digests of layers' archives stay those of the image below, because a
 * commit of blocks makes no archive. Stateless; any thread.
 */
final class CommittedConfig {
  private static final String HISTORY = "history";

  private CommittedConfig() {}

  /**
   * Makes it.
   *
   * @param below the configuration of the image below, if there is one
   * @param layers the layers below, the lowest first: what its history does not tell of them is
   *     added, so that each step stands with its layer
   */
  static ImageConfig of(
      Optional<ImageConfig> below, List<LayerRecord> layers, Instant now, String createdBy) {
    JsonObject config =
        below
            .map(each -> JsonParser.parseString(each.text()).getAsJsonObject())
            .orElseGet(CommittedConfig::empty);
    JsonElement told = config.get(HISTORY);
    JsonArray history =
        told != null && told.isJsonArray() ? told.getAsJsonArray() : new JsonArray();
    long toldLayers =
        below.stream()
            .flatMap(each -> each.history().stream())
            .filter(entry -> !entry.hasNoLayer())
            .count();
    layers.stream()
        .skip(toldLayers)
        .forEach(layer -> history.add(step(layer.created(), layer.createdBy())));
    history.add(step(now.toString(), createdBy));
    config.add(HISTORY, history);
    config.addProperty("created", now.toString());
    return ImageConfig.parse(config.toString());
  }

  private static JsonObject step(String created, String createdBy) {
    JsonObject step = new JsonObject();
    if (!created.isEmpty()) {
      step.addProperty("created", created); // an empty one is no time
    }
    step.addProperty("created_by", createdBy);
    return step;
  }

  private static JsonObject empty() {
    Platform platform = Platform.ofThisMachine();
    JsonObject config = new JsonObject();
    config.addProperty("os", platform.os());
    config.addProperty("architecture", platform.architecture());
    JsonObject rootfs = new JsonObject();
    rootfs.addProperty("type", "layers");
    rootfs.add("diff_ids", new JsonArray());
    config.add("rootfs", rootfs);
    return config;
  }
}
