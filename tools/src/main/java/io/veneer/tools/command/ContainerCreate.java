// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a container. */
@Command(
    header = "Make a container from an image: one snapshot and nothing else.",
    description = "It takes no space until it is written to, whatever the image holds.",
    footer = {
      "",
      "Example:",
      "  veneer container create /srv/pool web debian:12",
      "  veneer container create /srv/pool build debian:12 --size 100G"
    })
final class ContainerCreate extends ContainerTask {
  @Parameters(
      index = "2",
      paramLabel = "IMAGE",
      description = "The image's name, or a layer's first digits.")
  private String image;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = {
        "How large its file system may become, up to 16T and not smaller than the image's, which is"
            + " the default. The file system grows when the container is mounted."
      })
  private Long sizeBytes;

  ContainerCreate(Console console) {
    super(console, LayerAccess.Need.CHANGE);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject arguments = arguments(LayerWords.NAME, name());
    arguments.addProperty(LayerWords.IMAGE, image);
    if (sizeBytes != null) {
      arguments.addProperty(LayerWords.SIZE_BYTES, sizeBytes);
    }
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
