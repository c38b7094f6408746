// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.image.ImageArchive;
import io.veneer.driver.image.ImageConfig;
import io.veneer.driver.image.ImageManifest;
import io.veneer.driver.image.ImageRecord;
import io.veneer.driver.image.ImportProgress;
import io.veneer.driver.image.ImportResult;
import io.veneer.driver.image.LayerRecord;
import io.veneer.driver.image.Platform;
import io.veneer.tools.control.Arguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Importing, listing and removing images. Any thread. */
final class ImageRequests {
  private final LayerState state;

  ImageRequests(LayerState state) {
    this.state = state;
  }

  void addTo(Map<String, LayerService.Handler> handlers) {
    handlers.put(LayerWords.IMPORT, this::importImages);
    handlers.put(LayerWords.LIST, (arguments, parts) -> list());
    handlers.put(LayerWords.TREE, (arguments, parts) -> tree());
    handlers.put(LayerWords.HISTORY, (arguments, parts) -> history(arguments));
    handlers.put(LayerWords.REMOVE, (arguments, parts) -> remove(arguments));
  }

  private JsonObject importImages(Arguments arguments, Consumer<JsonObject> parts) {
    String platform = arguments.text(LayerWords.PLATFORM);
    JsonArray imported = new JsonArray();
    try (ImageArchive archive =
        ImageArchive.open(
            Path.of(arguments.text(LayerWords.PATH)),
            platform.isEmpty() ? Platform.ofThisMachine() : Platform.parse(platform))) {
      List<ImageManifest> images = chosen(archive, arguments.text(LayerWords.IMAGE));
      String name = arguments.text(LayerWords.NAME);
      if (!name.isEmpty() && images.size() > 1) {
        throw new DriverException(
            Kind.INVALID_ARGUMENT,
            "there are several images, choose one with --image: images=" + names(archive));
      }
      for (ImageManifest image : images) {
        for (String each : name.isEmpty() ? namesOf(image) : List.of(name)) {
          imported.add(importImage(archive, image, each, parts));
        }
      }
    }
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.IMAGES, imported);
    return answer;
  }

  private static List<ImageManifest> chosen(ImageArchive archive, String wanted) {
    if (wanted.isEmpty()) {
      return archive.images();
    }
    List<ImageManifest> found =
        archive.images().stream().filter(image -> image.names().contains(wanted)).toList();
    if (found.isEmpty()) {
      throw new DriverException(
          Kind.NOT_FOUND,
          "no such image in the archive; choose one of images="
              + names(archive)
              + " image="
              + wanted);
    }
    return found;
  }

  private static List<String> names(ImageArchive archive) {
    return archive.images().stream().flatMap(image -> image.names().stream()).toList();
  }

  private static List<String> namesOf(ImageManifest image) {
    if (image.names().isEmpty()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "the image has no name, give it one with --name");
    }
    return image.names();
  }

  private JsonObject importImage(
      ImageArchive archive, ImageManifest image, String name, Consumer<JsonObject> parts) {
    ImportResult result =
        state.images().importImage(archive, image, name, new PartialAnswers(name, parts));
    JsonObject json = new JsonObject();
    json.addProperty(LayerWords.NAME, result.name());
    json.addProperty(LayerWords.CHAIN_ID, result.chainId());
    json.addProperty(LayerWords.LAYERS, result.layers());
    json.addProperty(LayerWords.IMPORTED_LAYERS, result.importedLayers());
    json.addProperty(LayerWords.CONTENT_BYTES, result.contentBytes());
    return json;
  }

  /** Tells progress as parts of the answer; who has gone away ends the import by failing here. */
  private record PartialAnswers(String name, Consumer<JsonObject> parts) implements ImportProgress {
    @Override
    public void layer(int index, int count, String chainId, boolean isThere) {
      JsonObject part = new JsonObject();
      part.addProperty(LayerWords.NAME, name);
      part.addProperty(LayerWords.INDEX, index);
      part.addProperty(LayerWords.LAYERS, count);
      part.addProperty(LayerWords.CHAIN_ID, chainId);
      part.addProperty(LayerWords.IS_THERE, isThere);
      parts.accept(part);
    }

    @Override
    public void bytes(long doneBytes, long totalBytes) {
      JsonObject part = new JsonObject();
      part.addProperty(LayerWords.DONE_BYTES, doneBytes);
      part.addProperty(LayerWords.TOTAL_BYTES, totalBytes);
      parts.accept(part);
    }
  }

  private JsonObject list() {
    Map<String, LayerRecord> layers = new HashMap<>();
    state.images().layers().forEach(layer -> layers.put(layer.chainId(), layer));
    Map<String, Integer> containers = new HashMap<>();
    state.containers().forEach(each -> containers.merge(each.parent(), 1, Integer::sum));
    JsonArray rows = new JsonArray();
    for (ImageRecord image : state.images().images()) {
      if (layers.containsKey(image.chainId())) {
        rows.add(row(image, layers, containers.getOrDefault(image.chainId(), 0)));
      }
    }
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.IMAGES, rows);
    answer.add(LayerWords.UNUSED, unused(layers));
    return answer;
  }

  private JsonObject row(ImageRecord image, Map<String, LayerRecord> layers, int containers) {
    int count = 0;
    long contentBytes = 0;
    LayerRecord layer = layers.get(image.chainId());
    JsonObject row = new JsonObject();
    row.addProperty(LayerWords.NAME, image.name());
    row.addProperty(LayerWords.CHAIN_ID, image.chainId());
    row.addProperty(LayerWords.CREATED, layer.created());
    while (layer != null) {
      count++;
      contentBytes += layer.contentBytes();
      layer = layers.get(layer.parent());
    }
    row.addProperty(LayerWords.LAYERS, count);
    row.addProperty(LayerWords.CONTENT_BYTES, contentBytes);
    row.addProperty(LayerWords.VIRTUAL_BYTES, state.virtualBytes(image.chainId()));
    row.addProperty(LayerWords.CONTAINER_LIST, containers);
    return row;
  }

  /** Layers without a name that nothing stands on: what failed imports have left. */
  private JsonArray unused(Map<String, LayerRecord> layers) {
    List<String> parents = state.snapshots().stream().map(SnapshotInfo::parent).toList();
    JsonArray unused = new JsonArray();
    layers.values().stream()
        .filter(layer -> layer.imageNames().isEmpty() && !parents.contains(layer.chainId()))
        .map(LayerRecord::chainId)
        .sorted()
        .forEach(unused::add);
    return unused;
  }

  private JsonObject tree() {
    Map<String, List<String>> containers = new HashMap<>();
    for (SnapshotInfo container : state.containers()) {
      containers
          .computeIfAbsent(container.parent(), parent -> new ArrayList<>())
          .add(container.key());
    }
    JsonArray rows = new JsonArray();
    for (LayerRecord layer : state.images().layers()) {
      JsonObject row = new JsonObject();
      row.addProperty(LayerWords.CHAIN_ID, layer.chainId());
      row.addProperty(LayerWords.PARENT, layer.parent());
      row.addProperty(LayerWords.DIFF_ID, layer.diffId());
      row.addProperty(LayerWords.CREATED, layer.created());
      row.addProperty(LayerWords.CREATED_BY, layer.createdBy());
      row.addProperty(LayerWords.CONTENT_BYTES, layer.contentBytes());
      row.addProperty(LayerWords.OWN_BYTES, state.ownBytes(layer.chainId()));
      row.add(LayerWords.IMAGES, texts(layer.imageNames()));
      row.add(
          LayerWords.CONTAINER_LIST, texts(containers.getOrDefault(layer.chainId(), List.of())));
      rows.add(row);
    }
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.LAYERS, rows);
    return answer;
  }

  private JsonObject history(Arguments arguments) {
    String name = arguments.text(LayerWords.NAME);
    LayerRecord top = state.images().layer(name);
    ImageConfig config = state.images().config(name);
    JsonObject answer = new JsonObject();
    answer.addProperty(LayerWords.NAME, name);
    answer.addProperty(LayerWords.CHAIN_ID, top.chainId());
    answer.add(LayerWords.ROWS, new HistoryRows(state, config, top).rows());
    return answer;
  }

  private JsonObject remove(Arguments arguments) {
    List<String> removed = new ArrayList<>();
    for (JsonElement name : arguments.json().getAsJsonArray(LayerWords.NAMES)) {
      removed.addAll(removeOne(name.getAsString()));
    }
    if (arguments.flag(LayerWords.UNUSED)) {
      removed.addAll(state.images().removeUnused());
    }
    state.pool().awaitRemovals();
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.REMOVED, texts(removed));
    return answer;
  }

  private List<String> removeOne(String reference) {
    boolean isName =
        state.images().images().stream().anyMatch(image -> image.name().equals(reference));
    if (isName) {
      return state.images().remove(reference);
    }
    LayerRecord layer = state.images().layer(reference);
    if (!layer.imageNames().isEmpty()) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "the layer is the topmost of an image, remove the image: chainId="
              + layer.chainId()
              + " images="
              + layer.imageNames());
    }
    List<String> removed = state.images().prune(layer.chainId());
    if (removed.isEmpty()) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "others stand on the layer, 'veneer layer tree' shows them: chainId=" + layer.chainId());
    }
    return removed;
  }

  static JsonArray texts(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
