// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.DeviceUsage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows one device, with what it alone holds. */
@Command(
    header = "Show a device and what it alone holds.",
    description = "Exclusive is what no other device maps: what removing this one would give back.",
    footer = {"", "Example:", "  veneer device info /srv/pool web"})
final class DeviceShow extends DeviceTask {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  DeviceShow(Console console) {
    super(console, PoolAccess.Purpose.READ);
  }

  @Override
  void run(PoolAccess pool) {
    DeviceInfo device = pool.device(name());
    DeviceUsage usage = pool.usage(name());
    console()
        .print(json ? Json.object(out -> write(out, device, usage)) : text(pool, device, usage));
  }

  private static void write(JsonWriter json, DeviceInfo device, DeviceUsage usage)
      throws IOException {
    DeviceView.write(json, device);
    json.name("exclusiveBytes").value(usage.exclusiveBytes());
    json.name("sharedBytes").value(usage.sharedBytes());
    json.name("highestMappedOffset").value(usage.highestMappedOffset());
  }

  private static String text(PoolAccess pool, DeviceInfo device, DeviceUsage usage) {
    Map<Integer, String> names = new HashMap<>();
    pool.wholeDevices().forEach(other -> names.put(other.id(), other.name()));
    Fields fields = new Fields();
    fields.add("name", device.name());
    fields.add("id", Integer.toString(device.id()));
    fields.add("state", DeviceView.state(device));
    fields.add("origin", DeviceView.origin(device, names));
    fields.add("size", ByteSize.format(device.sizeBytes()));
    fields.add("mapped", ByteSize.format(usage.mappedBytes()));
    fields.add("exclusive", ByteSize.format(usage.exclusiveBytes()));
    fields.add("shared", ByteSize.format(usage.sharedBytes()));
    fields.add("own", ByteSize.format(device.ownBytes()));
    fields.add("mapped up to", ByteSize.format(usage.highestMappedOffset()));
    boolean limited = device.quotaBytes() != 0;
    fields.add("quota", limited ? ByteSize.format(device.quotaBytes()) : "none");
    fields.add("clock", clock(device));
    new TreeMap<>(device.attributes())
        .forEach((key, value) -> fields.add("attribute", oneLine(key + "=" + value)));
    return fields.render();
  }

  /** What could pass for a line of ours is shown as Java would write it, so that none is lost. */
  private static String oneLine(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
  }

  private static String clock(DeviceInfo device) {
    return "created at " + device.createdTime() + ", last snapshot at " + device.snapshottedTime();
  }
}
