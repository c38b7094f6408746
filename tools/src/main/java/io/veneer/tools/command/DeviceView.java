// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.thinpool.DeviceInfo;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What is recorded of a device, as JSON members and as words. */
final class DeviceView {
  private DeviceView() {}

  static void write(JsonWriter json, DeviceInfo device) throws IOException {
    json.name("name").value(device.name());
    json.name("id").value(device.id());
    json.name("sizeBytes").value(device.sizeBytes());
    json.name("mappedBytes").value(device.mappedBytes());
    json.name("ownBytes").value(device.ownBytes());
    json.name("originId").value(device.originId());
    json.name("externalOrigin").value(device.externalOrigin());
    json.name("sealed").value(device.sealed());
    json.name("open").value(device.open());
    json.name("failedWrites").value(device.failedWrites());
    json.name("quotaBytes").value(device.quotaBytes());
    json.name("guaranteed").value(device.guaranteed());
    json.name("createdTime").value(device.createdTime());
    json.name("snapshottedTime").value(device.snapshottedTime());
    json.name("createdTransactionId").value(device.createdTransactionId());
    json.name("attributes").beginObject();
    for (Map.Entry<String, String> entry : new TreeMap<>(device.attributes()).entrySet()) {
      json.name(entry.getKey()).value(entry.getValue());
    }
    json.endObject();
  }

  /** The name of the device it was taken of, which may be gone by now. */
  static String origin(DeviceInfo device, Map<Integer, String> names) {
    if (device.originId() == 0) {
      return device.externalOrigin().isEmpty() ? "-" : device.externalOrigin();
    }
    return names.getOrDefault(device.originId(), "(removed)");
  }

  static String state(DeviceInfo device) {
    String state = device.sealed() ? "sealed" : "writable";
    state += device.guaranteed() ? ", guaranteed" : "";
    return device.open() == 0 ? state : state + ", open";
  }
}
