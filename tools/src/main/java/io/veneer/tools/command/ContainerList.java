// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists containers. */
@Command(
    header = "List the containers of a pool.",
    description = {
      "SIZE is what a container has changed, in blocks of its own; VIRTUAL is that with its image."
    },
    footer = {"", "Example:", "  veneer container list /srv/pool"})
final class ContainerList extends LayerTask {
  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  ContainerList(Console console) {
    super(console, LayerAccess.Need.READ);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject answer = layers.call(LayerWords.CONTAINERS, new JsonObject(), part -> {});
    if (json) {
      console().print(Json.text(answer));
      return;
    }
    Table table = new Table(3);
    table.row("NAME", "IMAGE", "CREATED", "SIZE", "VIRTUAL", "MOUNTED AT");
    for (JsonObject row : LayerView.rows(answer, LayerWords.CONTAINER_LIST)) {
      table.row(
          LayerView.text(row, LayerWords.NAME),
          LayerView.text(row, LayerWords.IMAGE),
          LayerView.day(LayerView.text(row, LayerWords.CREATED)),
          LayerView.size(row, LayerWords.OWN_BYTES),
          LayerView.size(row, LayerWords.VIRTUAL_BYTES),
          LayerView.orNone(LayerView.text(row, LayerWords.PATH)));
    }
    console().print(table.render());
  }
}
