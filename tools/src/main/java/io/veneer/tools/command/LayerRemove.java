// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes images. */
@Command(
    header = "Remove images, with the layers that then nobody uses.",
    description = {
      "An image that has other names, or containers, loses this name only; its layers go with the",
      "last name or container. Removing never waits for who has files open."
    },
    footer = {
      "",
      "Example:",
      "  veneer layer remove /srv/pool debian:12",
      "Example: what failed imports have left",
      "  veneer layer remove /srv/pool --unused"
    })
final class LayerRemove extends LayerTask {
  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME",
      description = "Images, or layers that no image completes.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--unused", description = "Remove layers that no image and no container uses.")
  private boolean unused;

  @Spec private CommandSpec command;

  LayerRemove(Console console) {
    super(console, LayerAccess.Need.CHANGE);
  }

  @Override
  void check() {
    if (names.isEmpty() && !unused) {
      throw new ParameterException(
          command.commandLine(), "nothing to remove: name images, or say --unused");
    }
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = new JsonObject();
    arguments.add(LayerWords.NAMES, texts(names));
    arguments.addProperty(LayerWords.UNUSED, unused);
    JsonObject answer = layers.call(LayerWords.REMOVE, arguments, part -> {});
    String what = names.isEmpty() ? "" : String.join(", ", names) + ": ";
    int count = LayerView.texts(answer, LayerWords.REMOVED).size();
    console().confirm("removed " + what + count + (count == 1 ? " layer" : " layers"));
  }
}
