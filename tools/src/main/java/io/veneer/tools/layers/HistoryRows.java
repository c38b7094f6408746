// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.driver.image.ImageConfig;
import io.veneer.driver.image.ImageConfig.HistoryEntry;
import io.veneer.driver.image.LayerRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How an image was made, the newest step first: the steps that its configuration tells, each beside
 * the layer that it made. A layer that no step tells of has a row of its own. One thread.
 */
final class HistoryRows {
  private static final HistoryEntry UNTOLD = new HistoryEntry("", "", "", false);

  private final LayerState state;
  private final ImageConfig config;
  private final LayerRecord top;

  HistoryRows(LayerState state, ImageConfig config, LayerRecord top) {
    this.state = state;
    this.config = config;
    this.top = top;
  }

  JsonArray rows() {
    Deque<LayerRecord> layers = lowestFirst();
    Deque<JsonObject> newestFirst = new ArrayDeque<>();
    for (HistoryEntry entry : config.history()) {
      newestFirst.push(row(entry, entry.hasNoLayer() ? null : layers.poll()));
    }
    while (!layers.isEmpty()) {
      LayerRecord layer = layers.poll();
      newestFirst.push(row(UNTOLD, layer));
    }
    JsonArray rows = new JsonArray();
    newestFirst.forEach(rows::add);
    return rows;
  }

  private Deque<LayerRecord> lowestFirst() {
    Map<String, LayerRecord> byChainId = new HashMap<>();
    state.images().layers().forEach(layer -> byChainId.put(layer.chainId(), layer));
    Deque<LayerRecord> layers = new ArrayDeque<>();
    LayerRecord next = top;
    while (next != null) {
      layers.push(next);
      next = byChainId.get(next.parent());
    }
    return layers;
  }

  private JsonObject row(HistoryEntry entry, LayerRecord layer) {
    JsonObject row = new JsonObject();
    boolean hasLayer = layer != null;
    boolean told = entry != UNTOLD;
    row.addProperty(LayerWords.CREATED, told || !hasLayer ? entry.created() : layer.created());
    row.addProperty(
        LayerWords.CREATED_BY, told || !hasLayer ? entry.createdBy() : layer.createdBy());
    row.addProperty(LayerWords.COMMENT, entry.comment());
    row.addProperty(LayerWords.CHAIN_ID, hasLayer ? layer.chainId() : "");
    row.addProperty(LayerWords.CONTENT_BYTES, hasLayer ? layer.contentBytes() : 0);
    row.addProperty(LayerWords.OWN_BYTES, hasLayer ? state.ownBytes(layer.chainId()) : 0);
    return row;
  }
}
