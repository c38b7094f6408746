// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes an image of a container. */
@Command(
    header = "Make an image of what a container has changed.",
    description = {
      "The container's blocks become the image's topmost layer as they are; no file is read or",
      "copied. The container goes on, on top of it. It must not be mounted."
    },
    footer = {"", "Example:", "  veneer container commit /srv/pool web shop:2"})
final class ContainerCommit extends ContainerTask {
  @Parameters(index = "2", paramLabel = "IMAGE", description = "Name of the new image.")
  private String image;

  ContainerCommit(Console console) {
    super(console, LayerAccess.Need.CHANGE);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = arguments(LayerWords.NAME, name());
    arguments.addProperty(LayerWords.IMAGE, image);
    JsonObject answer = layers.call(LayerWords.COMMIT, arguments, part -> {});
    console()
        .confirm(
            "committed "
                + name()
                + " as "
                + image
                + ": a layer of "
                + LayerView.size(answer, LayerWords.OWN_BYTES));
  }
}
