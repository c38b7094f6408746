// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.tools.layers.LayerWords;
import picocli.CommandLine.Command;

/** Ends the use of a container's folder. */
@Command(
    header = "Take the folder of a container away.",
    description = "What was written to it is in the pool then. Files that are open stay usable.",
    footer = {"", "Example:", "  veneer container unmount /srv/pool web"})
final class ContainerUnmount extends ContainerTask {
  ContainerUnmount(Console console) {
    super(console, LayerAccess.Need.SERVER);
  }

  @Override
  void run(LayerAccess layers) {
    layers.call(LayerWords.UNMOUNT, arguments(LayerWords.NAME, name()), part -> {});
    console().confirm("unmounted " + name());
  }
}
