// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Parameters;

/** A command on one container of a pool. */
abstract class ContainerTask extends LayerTask {
  @Parameters(index = "1", paramLabel = "NAME", description = "The container's name.")
  private String name;

  ContainerTask(Console console, LayerAccess.Need need) {
    super(console, need);
  }

  final String name() {
    return name;
  }
}
