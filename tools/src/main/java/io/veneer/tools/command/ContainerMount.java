// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.JsonObject;
import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;

/** Shows a container as a folder. */
@Command(
    header = "Show a container as a folder, and print where.",
    description = {
      "The folder is there until the container is unmounted, or the server that serves the pool ends.",
      "Needs a server that root runs: veneer serve."
    },
    footer = {"", "Example:", "  cd \"$(veneer container mount /srv/pool web)\""})
final class ContainerMount extends ContainerTask {
  ContainerMount(Console console) {
    super(console, LayerAccess.Need.SERVER);
  }

  @Override
  void run(LayerAccess layers) {
    JsonObject answer =
        layers.call(LayerWords.MOUNT, arguments(LayerWords.NAME, name()), part -> {});
    console().print(LayerView.text(answer, LayerWords.PATH) + "\n");
  }
}
