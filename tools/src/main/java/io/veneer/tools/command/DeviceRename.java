// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Gives a device another name. */
@Command(
    header = "Give a device another name.",
    footer = {"", "Example:", "  veneer device rename /srv/pool web web-old"})
final class DeviceRename extends DeviceTask {
  @Parameters(index = "2", paramLabel = "NEW", description = "The new name.")
  private String newName;

  DeviceRename(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    NewName.check(newName);
  }

  @Override
  void run(PoolAccess pool) {
    pool.apply(operations -> operations.renameDevice(name(), newName));
    console().confirm("renamed " + name() + " to " + newName);
  }
}
