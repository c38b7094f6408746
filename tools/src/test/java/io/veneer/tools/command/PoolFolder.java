// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pool under test, and short forms of the commands on it. */
record PoolFolder(Path path) {

  /** Makes a pool of 16 GiB in a folder below the given one. */
  static PoolFolder in(Path folder) {
    PoolFolder pool = new PoolFolder(folder.resolve("pool"));
    Outcome.of("pool", "create", pool.toString(), "--data-size", "16G").succeeded();
    return pool;
  }

  /** Runs {@code veneer device WORD POOL ...}. */
  Outcome device(String command, String... arguments) {
    return device(new byte[0], command, arguments);
  }

  Outcome device(byte[] input, String command, String... arguments) {
    List<String> line = new ArrayList<>(List.of("device", command, path.toString()));
    line.addAll(Arrays.asList(arguments));
    return Outcome.of(input, line.toArray(String[]::new));
  }

  JsonObject info(String name) {
    return json(device("info", name, "--json").succeeded());
  }

  JsonObject status() {
    return json(Outcome.of("pool", "status", path.toString(), "--json").succeeded());
  }

  /** The names of all devices, as listed. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    json(device("list", "--json").succeeded())
        .getAsJsonArray("devices")
        .forEach(device -> names.add(device.getAsJsonObject().get("name").getAsString()));
    return names;
  }

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
