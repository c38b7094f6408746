// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.image.ImageRecord;
import io.veneer.driver.image.LayerRecord;
import io.veneer.tools.control.Arguments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sizes of images and containers, exact to the block: their own blocks, all they show, the blocks
 * of any set of them together, and what removing any set of them would give back. Any thread.
 */
final class SizeRequests {
  private final LayerState state;

  SizeRequests(LayerState state) {
    this.state = state;
  }

  void addTo(Map<String, LayerService.Handler> handlers) {
    handlers.put(LayerWords.SIZE, (arguments, parts) -> size(arguments));
  }

  /** An image or a container. */
  private record Item(String name, String kind, String top) {}

  private JsonObject size(Arguments arguments) {
    List<String> wanted = texts(arguments, LayerWords.NAMES);
    List<String> ifRemoved = texts(arguments, LayerWords.IF_REMOVED);
    List<Item> items = wanted.isEmpty() ? items() : chosen(items(), wanted);
    JsonArray rows = new JsonArray();
    Set<String> together = new HashSet<>();
    for (Item item : items) {
      rows.add(row(item));
      together.add(item.top);
    }
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.ROWS, rows);
    answer.addProperty(LayerWords.TOTAL_BYTES, state.pool().usage(together).mappedBytes());
    if (!ifRemoved.isEmpty()) {
      answer.add(LayerWords.IF_REMOVED, plan(ifRemoved));
    }
    return answer;
  }

  private static List<String> texts(Arguments arguments, String member) {
    List<String> texts = new ArrayList<>();
    for (JsonElement each : arguments.json().getAsJsonArray(member)) {
      texts.add(each.getAsString());
    }
    return texts;
  }

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    for (ImageRecord image : state.images().images()) {
      items.add(new Item(image.name(), "image", image.chainId()));
    }
    for (SnapshotInfo container : state.containers()) {
      items.add(new Item(container.key(), "container", container.key()));
    }
    return items;
  }

  private static List<Item> chosen(List<Item> items, List<String> names) {
    List<Item> chosen = new ArrayList<>();
    for (String name : names) {
      List<Item> found = items.stream().filter(item -> item.name.equals(name)).toList();
      if (found.isEmpty()) {
        throw new DriverException(Kind.NOT_FOUND, "no such image or container: name=" + name);
      }
      chosen.addAll(found);
    }
    return chosen;
  }

  private JsonObject row(Item item) {
    JsonObject row = new JsonObject();
    row.addProperty(LayerWords.NAME, item.name);
    row.addProperty(LayerWords.KIND, item.kind);
    row.addProperty(LayerWords.OWN_BYTES, ownBytes(item));
    row.addProperty(LayerWords.VIRTUAL_BYTES, state.virtualBytes(item.top));
    return row;
  }

  private long ownBytes(Item item) {
    return item.kind.equals("container")
        ? state.exclusiveBytes(Set.of(item.top))
        : ownBytesOfImage(item);
  }

  /**
   * What no other image has. The containers on an image share its blocks and must not hide them, so
   * they are counted with it and their own blocks taken off again.
   */
  private long ownBytesOfImage(Item image) {
    Set<String> own = ownLayers(image);
    Set<String> withContainers = new HashSet<>(own);
    long containerBytes = 0;
    for (SnapshotInfo container : state.containers()) {
      if (own.contains(container.parent())) {
        withContainers.add(container.key());
        containerBytes += state.exclusiveBytes(Set.of(container.key()));
      }
    }
    return Math.max(0, state.exclusiveBytes(withContainers) - containerBytes);
  }

  /** The layers that only this image has: from the top to the first that others stand on. */
  private Set<String> ownLayers(Item image) {
    Map<String, LayerRecord> layers = new HashMap<>();
    Map<String, Integer> children = new HashMap<>();
    for (LayerRecord layer : state.images().layers()) {
      layers.put(layer.chainId(), layer);
      children.merge(layer.parent(), 1, Integer::sum);
    }
    Set<String> own = new HashSet<>();
    LayerRecord next = layers.get(image.top);
    while (next != null
        && next.imageNames().size() <= (own.isEmpty() ? 1 : 0)
        && children.getOrDefault(next.chainId(), 0) <= (own.isEmpty() ? 0 : 1)) {
      own.add(next.chainId());
      next = layers.get(next.parent());
    }
    return own;
  }

  private JsonObject plan(List<String> references) {
    RemovalPlan plan = new RemovalPlan(state);
    plan.remove(references);
    JsonObject json = new JsonObject();
    json.addProperty(LayerWords.FREED_BYTES, state.exclusiveBytes(plan.removed()));
    json.add(LayerWords.REMOVED, ImageRequests.texts(List.copyOf(plan.removed())));
    json.add(LayerWords.STAYS, ImageRequests.texts(plan.stays()));
    return json;
  }
}
