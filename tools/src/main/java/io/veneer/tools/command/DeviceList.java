// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.driver.host.ShellWord;
import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.DeviceInfo;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the devices of a pool. */
@Command(
    header = "List the devices of a pool.",
    description = {
      "MAPPED is what a device has in blocks of its own and in shared ones, OWN is what it",
      "provisioned itself."
    },
    footer = {"", "Example:", "  veneer device list /srv/pool"})
final class DeviceList extends PoolTask {
  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  DeviceList(Console console) {
    super(console, PoolAccess.Purpose.READ);
  }

  @Override
  void run(PoolAccess pool) {
    List<DeviceInfo> devices = pool.wholeDevices();
    Map<Integer, String> names = new HashMap<>();
    devices.forEach(device -> names.put(device.id(), device.name()));
    console().print(json ? Json.object(out -> write(out, devices)) : table(devices, names));
    requireAll(pool);
  }

  /** A list that lacks a device is no success. */
  private void requireAll(PoolAccess pool) {
    try {
      pool.devices();
    } catch (CorruptMetadataException e) {
      throw new CommandFailure(
          "not all devices are shown: "
              + e.getMessage()
              + "; 'veneer check "
              + ShellWord.of(folder())
              + "' says what is damaged",
          e);
    }
  }

  private static void write(JsonWriter json, List<DeviceInfo> devices) throws IOException {
    json.name("devices").beginArray();
    for (DeviceInfo device : devices) {
      json.beginObject();
      DeviceView.write(json, device);
      json.endObject();
    }
    json.endArray();
  }

  private static String table(List<DeviceInfo> devices, Map<Integer, String> names) {
    Table table = new Table(2);
    table.row("NAME", "ORIGIN", "SIZE", "MAPPED", "OWN", "STATE");
    for (DeviceInfo device : devices) {
      table.row(
          device.name(),
          DeviceView.origin(device, names),
          ByteSize.format(device.sizeBytes()),
          ByteSize.format(device.mappedBytes()),
          ByteSize.format(device.ownBytes()),
          DeviceView.state(device));
    }
    return table.render();
  }
}
