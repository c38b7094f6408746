// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Removes devices. */
@Command(
    header = "Remove devices.",
    description = {
      "All of them go or, if one of them cannot, none. Snapshots of a removed device keep what they",
      "share with it."
    },
    footer = {"", "Example:", "  veneer device remove /srv/pool web web-old"})
final class DeviceRemove extends PoolTask {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "The devices.")
  private List<String> names;

  DeviceRemove(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void run(PoolAccess pool) {
    pool.apply(operations -> names.forEach(operations::removeDevice));
    pool.awaitRemovals();
    console().confirm("removed " + String.join(", ", names));
  }
}
