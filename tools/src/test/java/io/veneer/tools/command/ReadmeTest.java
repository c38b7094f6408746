// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page that users read names every command and every key that they may meet. */
class ReadmeTest {
  @TempDir private Path folder;
  private String readme;

  @BeforeEach
  void readThePage() throws IOException {
    readme = Files.readString(Path.of("README.md"));
  }

  @ParameterizedTest
  @MethodSource("io.veneer.tools.command.CommandTree#leaves")
  void showsEveryCommand(String command) {
    assertTrue(readme.contains("veneer " + command + " "), command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pool status", "device list", "device info"})
  void explainsEveryKeyOfThePoolAndItsDevices(String command) {
    PoolFolder pool = PoolFolder.in(folder);
    pool.device("create", "a", "--size", "2M").succeeded();
    String line = command + " " + pool + (command.endsWith("info") ? " a" : "") + " --json";
    assertExplained(Outcome.of(line.split(" ")).succeeded());
  }

  @Test
  void explainsEveryKeyOfLayersAndContainers() {
    PoolFolder pool = PoolFolder.in(folder);
    try (SampleImages images = SampleImages.in(pool)) {
      images.layer("base", "", 0, 1, "base:1");
    }
    Outcome.of("container", "create", pool.toString(), "web", "base:1").succeeded();
    for (String command :
        new String[] {
          "layer list POOL",
          "layer tree POOL",
          "layer history POOL base:1",
          "layer size POOL --if-removed web",
          "container list POOL"
        }) {
      String line = command.replace("POOL", pool.toString()) + " --json";
      assertExplained(Outcome.of(line.split(" ")).succeeded());
    }
  }

  @Test
  void explainsEveryKeyOfAComparison() throws IOException {
    Path image = Files.write(folder.resolve("image"), TransferTest.pattern(2 << 20));
    String line =
        "compare --json --containers 1 --writes 2 --drivers thin,overlay2 --image "
            + image
            + " --work-dir "
            + folder;
    assertExplained(Outcome.of(line.split(" ")).succeeded());
  }

  private void assertExplained(String json) {
    for (String key : keys(JsonParser.parseString(json), new TreeSet<>())) {
      assertTrue(readme.contains("`" + key + "`"), () -> "README.md does not name " + key);
    }
  }

  private static Set<String> keys(JsonElement json, Set<String> keys) {
    if (json.isJsonArray()) {
      json.getAsJsonArray().forEach(element -> keys(element, keys));
    } else if (json.isJsonObject()) {
      JsonObject object = json.getAsJsonObject();
      keys.addAll(object.keySet());
      object.asMap().values().forEach(value -> keys(value, keys));
    }
    return keys;
  }
}
