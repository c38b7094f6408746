// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.util.List;

/** The requests about a pool and its set of devices. Threads: any. */
final class PoolRequests {
  static final String STATUS = "status";
  static final String DEVICES = "devices";
  static final String DEVICE = "device";
  static final String USAGE = "usage";
  static final String APPLY = "apply";
  static final String AWAIT_REMOVALS = "awaitRemovals";
  static final String GROW_DATA = "growData";
  static final String GROW_METADATA = "growMetadata";
  static final String GROW = "grow";
  static final String SET_POLICY = "setPolicy";
  static final String CLAIM = "claim";

  static final String NAME = "name";
  static final String BYTES = "bytes";
  static final String METADATA_BYTES = "metadataBytes";
  static final String POLICY = "policy";
  static final String OPERATIONS = "operations";
  static final String WAIT_MILLIS = "waitMillis";

  private static final int PART_CHARS = 256 << 10;
  private static final int DEVICE_CHARS = 512;

  private final ThinPool pool;

  PoolRequests(ThinPool pool) {
    this.pool = pool;
  }

  void addTo(ControlRequests requests) {
    requests.add(STATUS, arguments -> RecordJson.write(pool.status()));
    requests.add(DEVICE, arguments -> RecordJson.write(pool.device(arguments.text(NAME))));
    requests.add(USAGE, arguments -> RecordJson.write(pool.usage(arguments.text(NAME))));
    requests.addStreaming(DEVICES, this::listDevices);
    requests.add(
        APPLY,
        arguments -> {
          apply(arguments);
          requests.applied();
          return new JsonObject();
        });
    requests.add(AWAIT_REMOVALS, arguments -> done(pool::awaitRemovals));
    requests.add(GROW_DATA, arguments -> done(() -> pool.growData(arguments.number(BYTES))));
    requests.add(
        GROW_METADATA, arguments -> done(() -> pool.growMetadata(arguments.number(BYTES))));
    requests.add(
        GROW,
        arguments ->
            done(() -> pool.grow(arguments.number(BYTES), arguments.number(METADATA_BYTES))));
    requests.add(SET_POLICY, arguments -> done(() -> pool.setPolicy(policy(arguments))));
    requests.addStreaming(CLAIM, PoolRequests::claim);
  }

  private static PoolPolicy policy(Arguments arguments) {
    return RecordJson.read(arguments.object(POLICY), PoolPolicy.class);
  }

  private static JsonObject done(Runnable action) {
    action.run();
    return new JsonObject();
  }

  /** The whole batch has come in before this is called. */
  private void apply(Arguments arguments) {
    JsonArray batch = arguments.array(OPERATIONS);
    pool.transact(
        operations -> {
          OperationReader.apply(batch, operations);
          return null;
        });
    pool.commit();
  }

  /** In parts, so that a long list takes little memory on either side. */
  private void listDevices(Request request) throws IOException {
    List<DeviceInfo> devices = pool.devices();
    JsonArray part = new JsonArray();
    int chars = 0;
    for (DeviceInfo device : devices) {
      part.add(RecordJson.write(device));
      chars += DEVICE_CHARS + chars(device);
      if (chars > PART_CHARS) {
        request.part(list(part), ControlProtocol.nothing());
        part = new JsonArray();
        chars = 0;
      }
    }
    request.answer(list(part));
  }

  private static int chars(DeviceInfo device) {
    return device.attributes().entrySet().stream()
        .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
        .sum();
  }

  private static JsonObject list(JsonArray devices) {
    JsonObject json = new JsonObject();
    json.add(DEVICES, devices);
    return json;
  }

  private static void claim(Request request) throws IOException {
    Arguments arguments = request.arguments();
    request.holdings().claim(arguments.text(NAME), arguments.number(WAIT_MILLIS));
    request.answer(new JsonObject());
  }
}
