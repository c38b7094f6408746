// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.driver.Change;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The calls of a graphdriver that are answered with JSON, each of them one of {@link DockerLayers}.
 * Any thread may call; failures are thrown.
 */
final class GraphdriverService {
  private final StorageDriver driver;
  private final DockerLayers layers;
  private final Supplier<List<StatusRow>> moreStatus;
  private volatile LayerOptions options = LayerOptions.NONE;

  GraphdriverService(StorageDriver driver, Supplier<List<StatusRow>> moreStatus) {
    this.driver = driver;
    this.layers = new DockerLayers(driver);
    this.moreStatus = moreStatus;
  }

  DockerLayers layers() {
    return layers;
  }

  /** Answers a call by its path. */
  JsonObject answer(String path, GraphdriverRequest request) {
    if (path.equals(GraphdriverProtocol.ACTIVATE)) {
      return activated();
    }
    String call =
        path.startsWith(GraphdriverProtocol.CALL_PREFIX)
            ? path.substring(GraphdriverProtocol.CALL_PREFIX.length())
            : "";
    return switch (call) {
      case "Init" -> initialized(request);
      case "Capabilities" -> capabilities();
      case "Create" -> created(request, false);
      case "CreateReadWrite" -> created(request, true);
      case "Remove" -> done(() -> layers.remove(request.id()));
      case "Get" -> got(request);
      case "Put" -> done(() -> layers.put(request.id()));
      case "Exists" -> exists(request);
      case "Status" -> status();
      case "GetMetadata" -> metadata(request);
      case "Cleanup" -> done(layers::putAll);
      case "Changes" -> changes(request);
      case "DiffSize" -> size(layers.diffSize(request.id(), request.parent()));
      default ->
          throw new DriverException(Kind.UNIMPLEMENTED, "no such call, is this Docker? " + path);
    };
  }

  private static JsonObject activated() {
    JsonArray what = new JsonArray();
    what.add(GraphdriverProtocol.GRAPHDRIVER);
    JsonObject answer = new JsonObject();
    answer.add(GraphdriverProtocol.IMPLEMENTS, what);
    return answer;
  }

  private JsonObject initialized(GraphdriverRequest request) {
    boolean mapped =
        request.count(GraphdriverProtocol.UID_MAPS) + request.count(GraphdriverProtocol.GID_MAPS)
            > 0;
    if (mapped) {
      throw new DriverException(
          Kind.UNIMPLEMENTED, "users are not mapped here, run dockerd without --userns-remap");
    }
    options =
        LayerOptions.ofDaemon(request.texts(GraphdriverProtocol.OPTIONS), driver.capabilities());
    layers.removeUnfilled();
    return noError();
  }

  /** Daemons look below "Capabilities"; Docker's documents show the value beside it. */
  private static JsonObject capabilities() {
    JsonObject inner = new JsonObject();
    inner.addProperty(GraphdriverProtocol.EXACT_DIFFS, false);
    JsonObject answer = inner.deepCopy();
    answer.add(GraphdriverProtocol.CAPABILITIES, inner);
    return answer;
  }

  private JsonObject created(GraphdriverRequest request, boolean forContainer) {
    requireNoMountLabel(request);
    Map<String, String> labels =
        options
            .with(request.map(GraphdriverProtocol.STORAGE_OPTIONS), driver.capabilities())
            .labels();
    if (forContainer) {
      layers.createForContainer(request.id(), request.parent(), labels);
    } else {
      layers.createForImage(request.id(), request.parent(), labels);
    }
    return noError();
  }

  private static void requireNoMountLabel(GraphdriverRequest request) {
    if (!request.text(GraphdriverProtocol.MOUNT_LABEL).isEmpty()) {
      throw new DriverException(
          Kind.UNIMPLEMENTED, "mounts have no labels here, run dockerd without --selinux-enabled");
    }
  }

  private JsonObject got(GraphdriverRequest request) {
    requireNoMountLabel(request);
    JsonObject answer = noError();
    answer.addProperty(GraphdriverProtocol.FOLDER, layers.get(request.id()).toString());
    return answer;
  }

  private JsonObject exists(GraphdriverRequest request) {
    JsonObject answer = noError();
    answer.addProperty(GraphdriverProtocol.EXISTS, layers.exists(request.id()));
    return answer;
  }

  private JsonObject status() {
    List<StatusRow> rows = new ArrayList<>();
    rows.add(new StatusRow("Driver", driver.name()));
    rows.addAll(moreStatus.get());
    JsonArray table = new JsonArray();
    for (StatusRow row : rows) {
      JsonArray pair = new JsonArray();
      pair.add(row.name());
      pair.add(row.value());
      table.add(pair);
    }
    JsonObject answer = noError();
    answer.add(GraphdriverProtocol.STATUS, table);
    return answer;
  }

  private JsonObject metadata(GraphdriverRequest request) {
    SnapshotInfo info = layers.require(request.id());
    JsonObject metadata = new JsonObject();
    metadata.addProperty("Driver", driver.name());
    metadata.addProperty("Key", info.key());
    metadata.addProperty("Kind", info.kind().name());
    metadata.addProperty("Parent", info.parent());
    JsonObject answer = noError();
    answer.add(GraphdriverProtocol.METADATA, metadata);
    return answer;
  }

  private JsonObject changes(GraphdriverRequest request) {
    JsonArray changes = new JsonArray();
    for (Change change : layers.changes(request.id(), request.parent())) {
      JsonObject entry = new JsonObject();
      entry.addProperty(GraphdriverProtocol.PATH, "/" + change.path());
      entry.addProperty(GraphdriverProtocol.KIND, kind(change));
      changes.add(entry);
    }
    JsonObject answer = noError();
    answer.add(GraphdriverProtocol.CHANGES, changes);
    return answer;
  }

  private static int kind(Change change) {
    return switch (change.kind()) {
      case MODIFIED -> GraphdriverProtocol.MODIFIED;
      case ADDED -> GraphdriverProtocol.ADDED;
      case DELETED -> GraphdriverProtocol.DELETED;
    };
  }

  static JsonObject size(long bytes) {
    JsonObject answer = noError();
    answer.addProperty(GraphdriverProtocol.SIZE, bytes);
    return answer;
  }

  private static JsonObject done(Runnable work) {
    work.run();
    return noError();
  }

  private static JsonObject noError() {
    return error("");
  }

  static JsonObject error(String message) {
    JsonObject answer = new JsonObject();
    answer.addProperty(GraphdriverProtocol.ERROR, message);
    return answer;
  }
}
