// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what images and containers take, and what their removal gives back. */
@Command(
    header = "Tell what images and containers take, and what removing some gives back.",
    description = {
      "OWN is what nobody else has, in blocks: of a container what it changed, of an image the layers",
      "that no other image has. VIRTUAL is all that a container sees. The total counts what is shared",
      "once. All figures are exact, counted in the pool.",
      "",
      "Not counted, as it is not in the pool: logs of containers, volumes and other mounts into them,",
      "the engine's own configuration and records, swap, and what a checkpoint wrote."
    },
    footer = {
      "",
      "Example:",
      "  veneer layer size /srv/pool",
      "Example: what would I get back?",
      "  veneer layer size /srv/pool --if-removed web shop:1"
    })
final class LayerSize extends LayerTask {
  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME",
      description = "Images and containers. Default: all.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--if-removed",
      paramLabel = "NAME",
      arity = "1..*",
      description = {
        "What removing all of these together gives back: images, containers,",
        "layers by their whole chain ids."
      })
  private List<String> ifRemoved = new ArrayList<>();

  @Option(names = "--json", description = "Print a JSON object, sizes in bytes.")
  private boolean json;

  LayerSize(Console console) {
    super(console, LayerAccess.Need.READ);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = new JsonObject();
    arguments.add(LayerWords.NAMES, texts(names));
    arguments.add(LayerWords.IF_REMOVED, texts(ifRemoved));
    JsonObject answer = layers.call(LayerWords.SIZE, arguments, part -> {});
    console().print(json ? Json.text(answer) : table(answer) + plan(answer));
  }

  private static String table(JsonObject answer) {
    Table table = new Table(2);
    table.row("NAME", "KIND", "OWN", "VIRTUAL");
    for (JsonObject row : LayerView.rows(answer, LayerWords.ROWS)) {
      table.row(
          LayerView.text(row, LayerWords.NAME),
          LayerView.text(row, LayerWords.KIND),
          LayerView.size(row, LayerWords.OWN_BYTES),
          LayerView.size(row, LayerWords.VIRTUAL_BYTES));
    }
    table.row("all together", "", "", LayerView.size(answer, LayerWords.TOTAL_BYTES));
    return table.render();
  }

  private static String plan(JsonObject answer) {
    if (!answer.has(LayerWords.IF_REMOVED)) {
      return "";
    }
    JsonObject plan = answer.getAsJsonObject(LayerWords.IF_REMOVED);
    StringBuilder text = new StringBuilder("\nremoving ");
    int count = LayerView.texts(plan, LayerWords.REMOVED).size();
    text.append(count)
        .append(count == 1 ? " layer or container" : " layers and containers")
        .append(" would give back ")
        .append(LayerView.size(plan, LayerWords.FREED_BYTES))
        .append('\n');
    LayerView.texts(plan, LayerWords.STAYS).forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
