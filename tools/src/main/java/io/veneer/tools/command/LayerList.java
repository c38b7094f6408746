// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.driver.host.ShellWord;
import io.veneer.tools.layers.LayerWords;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the images of a pool. */
@Command(
    header = "List the images of a pool.",
    description = {
      "FILES is the sum of the files in the image's layers as they were imported, VIRTUAL what a",
      "container of it sees in blocks, with those that other images share."
    },
    footer = {"", "Example:", "  veneer layer list /srv/pool"})
final class LayerList extends LayerTask {
  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  LayerList(Console console) {
    super(console, LayerAccess.Need.READ);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject answer = layers.call(LayerWords.LIST, new JsonObject(), part -> {});
    if (json) {
      console().print(Json.text(answer));
      return;
    }
    Table table = new Table(3);
    table.row("NAME", "LAYER", "CREATED", "LAYERS", "FILES", "VIRTUAL", "CONTAINERS");
    for (JsonObject row : LayerView.rows(answer, LayerWords.IMAGES)) {
      table.row(
          LayerView.text(row, LayerWords.NAME),
          LayerView.shortId(LayerView.text(row, LayerWords.CHAIN_ID)),
          LayerView.day(LayerView.text(row, LayerWords.CREATED)),
          LayerView.text(row, LayerWords.LAYERS),
          LayerView.size(row, LayerWords.CONTENT_BYTES),
          LayerView.size(row, LayerWords.VIRTUAL_BYTES),
          LayerView.text(row, LayerWords.CONTAINER_LIST));
    }
    console().print(table.render() + unused(LayerView.texts(answer, LayerWords.UNUSED)));
  }

  private String unused(List<String> chainIds) {
    return chainIds.isEmpty()
        ? ""
        : "\nlayers that no image uses: "
            + chainIds.size()
            + "; 'veneer layer remove "
            + ShellWord.of(folder())
            + " --unused' removes them\n";
  }
}
