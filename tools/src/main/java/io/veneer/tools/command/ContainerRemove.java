// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes containers. */
@Command(
    header = "Remove containers.",
    description = {
      "Mounted ones, too: their folder goes away, files that are open in it stay readable. Layers",
      "whose image lost its name before go with the last container."
    },
    footer = {"", "Example:", "  veneer container remove /srv/pool web web2"})
final class ContainerRemove extends LayerTask {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "The containers.")
  private List<String> names;

  ContainerRemove(Console console) {
    super(console, LayerAccess.Need.CHANGE);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = new JsonObject();
    arguments.add(LayerWords.NAMES, texts(names));
    layers.call(LayerWords.REMOVE_CONTAINERS, arguments, part -> {});
    console().confirm("removed " + String.join(", ", names));
  }
}
