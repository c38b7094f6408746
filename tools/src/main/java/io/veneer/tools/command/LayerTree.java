// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the layers of a pool as a tree. */
@Command(
    header = "Show the layers of a pool as a tree.",
    description = {
      "Each layer stands below the one it builds on, with what it added in blocks, the images that it",
      "completes, and the containers that stand on it."
    },
    footer = {"", "Example:", "  veneer layer tree /srv/pool"})
final class LayerTree extends LayerTask {
  private static final int COMMAND_WIDTH = 60;

  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  LayerTree(Console console) {
    super(console, LayerAccess.Need.READ);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject answer = layers.call(LayerWords.TREE, new JsonObject(), part -> {});
    console().print(json ? Json.text(answer) : table(answer));
  }

  private static String table(JsonObject answer) {
    Map<String, Integer> depths = new HashMap<>();
    Table table = new Table(1);
    table.row("LAYER", "OWN", "IMAGES, CONTAINERS OR WHAT MADE IT");
    for (JsonObject row : LayerView.rows(answer, LayerWords.LAYERS)) {
      String chainId = LayerView.text(row, LayerWords.CHAIN_ID);
      int depth = depths.getOrDefault(LayerView.text(row, LayerWords.PARENT), -1) + 1;
      depths.put(chainId, depth);
      table.row(
          "  ".repeat(depth) + LayerView.shortId(chainId),
          LayerView.size(row, LayerWords.OWN_BYTES),
          users(row));
    }
    return table.render();
  }

  private static String users(JsonObject row) {
    List<String> images = LayerView.texts(row, LayerWords.IMAGES);
    List<String> containers = LayerView.texts(row, LayerWords.CONTAINER_LIST);
    String users = String.join(", ", images);
    if (!containers.isEmpty()) {
      users += (users.isEmpty() ? "" : "; ") + "containers " + String.join(", ", containers);
    }
    return users.isEmpty()
        ? "(" + LayerView.line(LayerView.text(row, LayerWords.CREATED_BY), COMMAND_WIDTH) + ")"
        : users;
  }
}
