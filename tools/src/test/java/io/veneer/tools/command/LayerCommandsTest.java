// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static io.veneer.tools.command.SampleImages.BLOCK;
import static io.veneer.tools.command.SampleImages.chainId;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.veneer.driver.meter.Meters;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.tools.serve.AttachDoor;
import io.veneer.tools.serve.Door;
import io.veneer.tools.serve.DriverDoor;
import io.veneer.tools.serve.LayerDoor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers and containers of a pool, as far as nothing is mounted. The images are "base:1" of one
 * layer with 100 blocks, and "shop:1" and "blog:1" with 10 and 20 blocks more, 5 of them in the
 * base's places.
 */
class LayerCommandsTest extends BothWays {
  @TempDir private Path folder;
  private PoolFolder pool;

  @BeforeEach
  void makeImages() {
    pool = PoolFolder.in(folder);
    try (SampleImages images = SampleImages.in(pool)) {
      images
          .layer("base", "", 0, 100, "base:1")
          .layer("shop", "base", 95, 10, "shop:1")
          .layer("blog", "base", 95, 20, "blog:1");
    }
    reached(pool);
  }

  @Override
  List<Door> doors() {
    Meters meters = new Meters();
    AttachDoor attach = new AttachDoor(meters);
    DriverDoor driver = new DriverDoor(attach, () -> VolumeOptions.ext4(1L << 30));
    return List.of(attach, driver, new LayerDoor(driver::driver));
  }

  private void change(Consumer<SampleImages> work) {
    whileNobodyServes(
        pool,
        () -> {
          try (SampleImages images = SampleImages.in(pool)) {
            work.accept(images);
          }
        });
  }

  private Outcome run(String group, String command, String... arguments) {
    List<String> line = new ArrayList<>(List.of(group, command, pool.toString()));
    line.addAll(Arrays.asList(arguments));
    return Outcome.of(line.toArray(String[]::new));
  }

  private Outcome layer(String command, String... arguments) {
    return run("layer", command, arguments);
  }

  private Outcome container(String command, String... arguments) {
    return run("container", command, arguments);
  }

  private static JsonObject json(Outcome outcome) {
    return JsonParser.parseString(outcome.succeeded()).getAsJsonObject();
  }

  /** Own and virtual blocks by name. */
  private Map<String, String> sizes(String... arguments) {
    List<String> line = new ArrayList<>(Arrays.asList(arguments));
    line.add("--json");
    Map<String, String> sizes = new TreeMap<>();
    JsonObject answer = json(layer("size", line.toArray(String[]::new)));
    answer
        .getAsJsonArray("rows")
        .forEach(
            row -> {
              JsonObject each = row.getAsJsonObject();
              long own = each.get("ownBytes").getAsLong() / BLOCK;
              long virtual = each.get("virtualBytes").getAsLong() / BLOCK;
              sizes.put(each.get("name").getAsString(), own + " of " + virtual);
            });
    sizes.put("", Long.toString(answer.get("totalBytes").getAsLong() / BLOCK));
    return sizes;
  }

  @Test
  void listsImages() {
    String text = layer("list").succeeded();
    String[] lines = text.split("\n");
    assertEquals(
        "NAME    LAYER         CREATED     LAYERS    FILES  VIRTUAL  CONTAINERS", lines[0]);
    assertEquals(4, lines.length);
    assertTrue(lines[1].startsWith("base:1  " + chainId("base").substring(7, 19)), text);
    assertTrue(lines[3].matches("shop:1 .* 2024-05-06 +2 +2.0 KiB +6.6 MiB +0"), text);
    JsonArray images = json(layer("list", "--json")).getAsJsonArray("images");
    assertEquals(3, images.size());
    assertEquals(2000, images.get(0).getAsJsonObject().get("contentBytes").getAsLong() * 2);
  }

  @Test
  void showsTheTree() {
    container("create", "web", "shop:1").succeeded();
    String text = layer("tree").succeeded();
    String[] lines = text.split("\n");
    assertTrue(lines[1].matches("[0-9a-f]{12} +6.3 MiB +base:1"), text);
    assertTrue(text.contains("  " + chainId("shop").substring(7, 19)), text);
    assertTrue(text.contains("shop:1; containers web"), text);
  }

  @Test
  void tellsTheHistory() {
    String text = layer("history", "shop:1").succeeded();
    String[] lines = text.split("\n");
    assertEquals(4, lines.length, text);
    assertTrue(lines[1].matches(chainId("shop").substring(7, 19) + ".*RUN install"), text);
    assertTrue(lines[2].matches("- +- +- +- +ENV A=b"), text);
    assertTrue(lines[3].matches(chainId("base").substring(7, 19) + ".*COPY rootfs /"), text);
    JsonObject json = json(layer("history", chainId("shop").substring(7, 20), "--json"));
    assertEquals(3, json.getAsJsonArray("rows").size());
  }

  @Test
  void sizesAreExactAndSharedBlocksCountOnce() {
    container("create", "web", "shop:1").succeeded();
    container("create", "idle", "shop:1").succeeded();
    change(images -> images.write("web", 200, 7, 3).write("web", 0, 2, 3));
    assertEquals(
        Map.of(
            "base:1", "0 of 100",
            "shop:1", "10 of 105",
            "blog:1", "20 of 115",
            "web", "9 of 112",
            "idle", "0 of 105",
            "", "139"),
        sizes());
    assertEquals(
        Map.of("web", "9 of 112", "blog:1", "20 of 115", "", "134"), sizes("web", "blog:1"));
  }

  private long freedBlocks(String... names) {
    List<String> line = new ArrayList<>(List.of("--if-removed"));
    line.addAll(Arrays.asList(names));
    line.add("--json");
    JsonObject plan = json(layer("size", line.toArray(String[]::new))).getAsJsonObject("ifRemoved");
    return plan.get("freedBytes").getAsLong() / BLOCK;
  }

  @Test
  void tellsWhatRemovingGivesBackAndThatIsWhatItGives() {
    container("create", "web", "shop:1").succeeded();
    change(images -> images.write("web", 200, 7, 3));
    assertEquals(7, freedBlocks("web"));
    assertEquals(0, freedBlocks("shop:1"));
    assertEquals(17, freedBlocks("shop:1", "web"));
    assertEquals(0, freedBlocks("base:1"));
    assertEquals(27, freedBlocks("blog:1", "web"));
    assertEquals(137, freedBlocks("shop:1", "blog:1", "base:1", "web"));
    String text = layer("size", "--if-removed", "shop:1").succeeded();
    assertTrue(text.contains("removing 0 layers and containers would give back 0 B"), text);
    assertTrue(text.contains("layers of shop:1 stay, they are used by web"), text);
    assertTrue(
        layer("size", "--if-removed", "web").succeeded().contains("removing 1 layer or container"));

    long before = pool.status().get("usedDataBytes").getAsLong();
    container("remove", "web").succeeded();
    layer("remove", "shop:1").succeeded();
    assertEquals(17, (before - pool.status().get("usedDataBytes").getAsLong()) / BLOCK);
  }

  @Test
  void removesWhatNobodyUses() {
    assertEquals("removed blog:1: 1 layer\n", layer("remove", "blog:1").succeeded());
    assertEquals("removed base:1: 0 layers\n", layer("remove", "base:1").succeeded());
    assertEquals("removed shop:1: 2 layers\n", layer("remove", "shop:1").succeeded());
    assertEquals(List.of(), pool.names());
    assertEquals(0, pool.status().get("usedDataBytes").getAsLong());
  }

  @Test
  void removesWhatFailedImportsLeft() {
    change(images -> images.layer("half", "base", 0, 1).layer("two", "half", 0, 1));
    String list = layer("list").succeeded();
    assertTrue(list.contains("layers that no image uses: 1; "), list);
    assertEquals("removed 2 layers\n", layer("remove", "--unused").succeeded());
    assertEquals(3, pool.names().size());
  }

  @Test
  void aContainerIsOneSnapshot() {
    long before = pool.status().get("usedDataBytes").getAsLong();
    assertEquals(
        "created web from shop:1: virtual 6.6 MiB\n",
        container("create", "web", "shop:1").succeeded());
    assertEquals(before, pool.status().get("usedDataBytes").getAsLong());
    assertTrue(pool.names().contains("web"));
    String text = container("list").succeeded();
    assertTrue(text.matches("(?s)NAME .*web +shop:1 .* 0 B +6.6 MiB +-\n"), text);
    assertEquals("removed web\n", container("remove", "web").succeeded());
    assertFalse(pool.names().contains("web"));
  }

  @Test
  void aContainerCanBeLargerThanItsImage() {
    container("create", "web", "shop:1", "--size", "1G").succeeded();
    JsonObject row =
        json(container("list", "--json")).getAsJsonArray("containers").get(0).getAsJsonObject();
    assertEquals(1L << 30, row.get("sizeBytes").getAsLong());
    String line = container("create", "small", "shop:1", "--size", "1M").failedWith(1);
    assertTrue(line.contains("smaller"), line);
    assertTrue(container("create", "none", "shop:1", "--size", "0").failedWith(1).contains("size"));
    container("create", "none", "shop:1", "--size", "much").failedWith(1);
  }

  @Test
  void aContainerBecomesAnImage() {
    container("create", "web", "shop:1").succeeded();
    change(images -> images.write("web", 200, 7, 3));
    assertEquals(
        "committed web as web:1: a layer of 448 KiB\n",
        container("commit", "web", "web:1").succeeded());
    Map<String, String> sizes = sizes();
    assertEquals("7 of 112", sizes.get("web:1"));
    assertEquals("0 of 112", sizes.get("web"));
    String history = layer("history", "web:1").succeeded();
    assertTrue(history.contains("veneer container commit web"), history);
    container("remove", "web").succeeded();
    assertEquals("removed web:1: 1 layer\n", layer("remove", "web:1").succeeded());
  }

  @Test
  void layersGoWithTheLastContainerOfAnImageThatWasRemoved() {
    container("create", "web", "shop:1").succeeded();
    layer("remove", "shop:1").succeeded();
    assertEquals(4, pool.names().size());
    container("remove", "web").succeeded();
    assertEquals(2, pool.names().size());
  }

  @Test
  void mistakesAreTold() throws IOException {
    assertTrue(container("create", "web", "none").failedWith(1).contains("veneer layer list"));
    assertTrue(container("remove", "none").failedWith(1).contains("no such container: name=none"));
    assertTrue(container("commit", "shop:1", "x").failedWith(1).contains("no such container"));
    assertTrue(layer("remove", "none").failedWith(1).contains("none"));
    assertTrue(layer("remove").failedWith(2).contains("--unused"));
    assertTrue(layer("remove", chainId("base")).failedWith(1).contains("base:1"));
    assertTrue(layer("history", "none").failedWith(1).contains("none"));
    assertTrue(layer("size", "none").failedWith(1).contains("none"));
    container("create", "web", "shop:1").succeeded();
    String taken = container("create", "web", "shop:1").failedWith(1);
    assertTrue(taken.contains("there is a container or layer of this name: name=web"), taken);
    assertTrue(taken.contains("another name"), taken);
    assertTrue(container("commit", "web", "a b").failedWith(1).contains("blanks"));
    assertTrue(layer("import", folder.resolve("none").toString()).failedWith(1).contains("none"));
    Path text = Files.writeString(folder.resolve("text"), "no image");
    String line = layer("import", text.toString()).failedWith(1);
    assertFalse(line.contains("internal error"), line);
  }
}
