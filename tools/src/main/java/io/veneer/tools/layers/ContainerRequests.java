// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.image.LayerRecord;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.tools.control.Arguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Making, showing, committing and removing containers. A container is one active snapshot with its
 * name as key; starting one makes that snapshot and nothing else. Any thread.
 */
final class ContainerRequests {
  private final LayerState state;

  /** Where the containers are that were mounted here; the driver counts, people do not. */
  private final Map<String, Path> mounted = new ConcurrentHashMap<>();

  ContainerRequests(LayerState state) {
    this.state = state;
  }

  void addTo(Map<String, LayerService.Handler> handlers) {
    handlers.put(LayerWords.CREATE, (arguments, parts) -> create(arguments));
    handlers.put(LayerWords.CONTAINERS, (arguments, parts) -> list());
    handlers.put(LayerWords.MOUNT, (arguments, parts) -> mount(arguments));
    handlers.put(LayerWords.UNMOUNT, (arguments, parts) -> unmount(arguments));
    handlers.put(LayerWords.COMMIT, (arguments, parts) -> commit(arguments));
    handlers.put(LayerWords.REMOVE_CONTAINERS, (arguments, parts) -> remove(arguments));
  }

  private JsonObject create(Arguments arguments) {
    String image = arguments.text(LayerWords.IMAGE);
    LayerRecord layer = state.images().layer(image);
    String name = arguments.text(LayerWords.NAME);
    if (stat(name).isPresent()) {
      throw new DriverException(
          Kind.ALREADY_EXISTS, "there is a container or layer of this name: name=" + name);
    }
    Map<String, String> labels = new HashMap<>(Map.of(LayerState.CONTAINER_LABEL, image));
    if (arguments.json().has(LayerWords.SIZE_BYTES)) {
      long sizeBytes = arguments.number(LayerWords.SIZE_BYTES);
      labels.put(ThinDriver.SIZE_LABEL, Long.toString(sizeBytes));
    }
    state.driver().create(name, layer.chainId(), labels);
    return row(state.driver().stat(name));
  }

  private JsonObject list() {
    JsonArray rows = new JsonArray();
    state.containers().forEach(container -> rows.add(row(container)));
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.CONTAINER_LIST, rows);
    return answer;
  }

  private JsonObject row(SnapshotInfo container) {
    JsonObject row = new JsonObject();
    row.addProperty(LayerWords.NAME, container.key());
    row.addProperty(LayerWords.IMAGE, container.labels().get(LayerState.CONTAINER_LABEL));
    row.addProperty(LayerWords.CHAIN_ID, container.parent());
    row.addProperty(LayerWords.CREATED, container.createdAt().toString());
    row.addProperty(LayerWords.SIZE_BYTES, state.sizeBytes(container.key()));
    row.addProperty(LayerWords.OWN_BYTES, state.ownBytes(container.key()));
    row.addProperty(LayerWords.VIRTUAL_BYTES, state.virtualBytes(container.key()));
    Path folder = mounted.get(container.key());
    row.addProperty(LayerWords.PATH, folder == null ? "" : folder.toString());
    return row;
  }

  private SnapshotInfo container(String name) {
    return stat(name)
        .filter(info -> info.labels().containsKey(LayerState.CONTAINER_LABEL))
        .orElseThrow(() -> new DriverException(Kind.NOT_FOUND, "no such container: name=" + name));
  }

  private Optional<SnapshotInfo> stat(String name) {
    try {
      return Optional.of(state.driver().stat(name));
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Mounting again answers where it is. */
  private JsonObject mount(Arguments arguments) {
    String name = container(arguments.text(LayerWords.NAME)).key();
    Path folder = mounted.computeIfAbsent(name, key -> state.driver().get(key));
    JsonObject answer = new JsonObject();
    answer.addProperty(LayerWords.PATH, folder.toString());
    return answer;
  }

  private JsonObject unmount(Arguments arguments) {
    String name = container(arguments.text(LayerWords.NAME)).key();
    if (mounted.remove(name) == null) {
      throw new DriverException(Kind.FAILED_PRECONDITION, "container is not mounted: name=" + name);
    }
    state.driver().put(name);
    return new JsonObject();
  }

  private JsonObject commit(Arguments arguments) {
    SnapshotInfo container = container(arguments.text(LayerWords.NAME));
    if (mounted.containsKey(container.key())) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION,
          "container is mounted, unmount it first: name=" + container.key());
    }
    String image = arguments.text(LayerWords.IMAGE);
    String chainId =
        state.images().commit(container, image, "veneer container commit " + container.key());
    JsonObject answer = new JsonObject();
    answer.addProperty(LayerWords.NAME, image);
    answer.addProperty(LayerWords.CHAIN_ID, chainId);
    answer.addProperty(LayerWords.OWN_BYTES, state.ownBytes(chainId));
    return answer;
  }

  private JsonObject remove(Arguments arguments) {
    List<String> removed = new ArrayList<>();
    List<SnapshotInfo> containers = new ArrayList<>();
    for (JsonElement name : arguments.json().getAsJsonArray(LayerWords.NAMES)) {
      containers.add(container(name.getAsString()));
    }
    for (SnapshotInfo container : containers) {
      if (mounted.remove(container.key()) != null) {
        state.driver().put(container.key());
      }
      state.driver().remove(container.key());
      // Its image may have lost its name meanwhile.
      removed.addAll(state.images().prune(container.parent()));
    }
    state.pool().awaitRemovals();
    JsonObject answer = new JsonObject();
    answer.add(LayerWords.REMOVED, ImageRequests.texts(removed));
    return answer;
  }
}
