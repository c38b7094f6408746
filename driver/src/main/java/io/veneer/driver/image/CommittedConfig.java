// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.Optional;

/**
 * The configuration of an image that was made of a container: that of the image below, with one
 * step more in its history. Digests of layers' archives stay those of the image below, because a
 * commit of blocks makes no archive. Stateless; any thread.
 */
final class CommittedConfig {
  private static final String HISTORY = "history";

  private CommittedConfig() {}

  static ImageConfig of(Optional<ImageConfig> below, Instant now, String createdBy) {
    JsonObject config =
        below
            .map(each -> JsonParser.parseString(each.text()).getAsJsonObject())
            .orElseGet(CommittedConfig::empty);
    JsonElement told = config.get(HISTORY);
    JsonArray history =
        told != null && told.isJsonArray() ? told.getAsJsonArray() : new JsonArray();
    JsonObject step = new JsonObject();
    step.addProperty("created", now.toString());
    step.addProperty("created_by", createdBy);
    history.add(step);
    config.add(HISTORY, history);
    config.addProperty("created", now.toString());
    return ImageConfig.parse(config.toString());
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
