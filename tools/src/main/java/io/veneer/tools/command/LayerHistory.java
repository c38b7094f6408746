// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how an image was made. */
@Command(
    header = "Tell how an image was made, the newest step first.",
    description = {
      "Steps without a layer changed the configuration only. OWN is what a layer added in blocks."
    },
    footer = {"", "Example:", "  veneer layer history /srv/pool debian:12"})
final class LayerHistory extends LayerTask {
  private static final int COMMAND_WIDTH = 70;

  @Parameters(
      index = "1",
      paramLabel = "IMAGE",
      description = "The image's name, or its topmost layer.")
  private String image;

  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  LayerHistory(Console console) {
    super(console, LayerAccess.Need.READ);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject answer =
        layers.call(LayerWords.HISTORY, arguments(LayerWords.NAME, image), part -> {});
    console().print(json ? Json.text(answer) : table(answer));
  }

  private static String table(JsonObject answer) {
    Table table = new Table(2);
    table.row("LAYER", "CREATED", "FILES", "OWN", "BY");
    for (JsonObject row : LayerView.rows(answer, LayerWords.ROWS)) {
      String chainId = LayerView.text(row, LayerWords.CHAIN_ID);
      boolean hasLayer = !chainId.isEmpty();
      table.row(
          LayerView.orNone(LayerView.shortId(chainId)),
          LayerView.day(LayerView.text(row, LayerWords.CREATED)),
          hasLayer ? LayerView.size(row, LayerWords.CONTENT_BYTES) : "-",
          hasLayer ? LayerView.size(row, LayerWords.OWN_BYTES) : "-",
          LayerView.orNone(
              LayerView.line(LayerView.text(row, LayerWords.CREATED_BY), COMMAND_WIDTH)));
    }
    return table.render();
  }
}
