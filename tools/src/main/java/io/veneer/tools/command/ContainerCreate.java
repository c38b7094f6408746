// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a container. */
@Command(
    header = "Make a container from an image: one snapshot and nothing else.",
    description = "It takes no space until it is written to, whatever the image holds.",
    footer = {"", "Example:", "  veneer container create /srv/pool web debian:12"})
final class ContainerCreate extends ContainerTask {
  @Parameters(
      index = "2",
      paramLabel = "IMAGE",
      description = "The image's name, or a layer's first digits.")
  private String image;

  ContainerCreate(Console console) {
    super(console, LayerAccess.Need.CHANGE);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = arguments(LayerWords.NAME, name());
    arguments.addProperty(LayerWords.IMAGE, image);
    JsonObject answer = layers.call(LayerWords.CREATE, arguments, part -> {});
    console()
        .confirm(
            "created "
                + name()
                + " from "
                + image
                + ": virtual "
                + LayerView.size(answer, LayerWords.VIRTUAL_BYTES));
  }
}
