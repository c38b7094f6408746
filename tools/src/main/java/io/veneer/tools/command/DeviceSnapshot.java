// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a snapshot. */
@Command(
    header = "Make a device that shares all blocks of another.",
    description = {
      "It holds what the origin holds now, and takes the same time whatever that is. Both can be",
      "written afterwards, and removed in any order."
    },
    footer = {"", "Example:", "  veneer device snapshot /srv/pool base web"})
final class DeviceSnapshot extends PoolTask {
  @Parameters(index = "1", paramLabel = "ORIGIN", description = "The device to take it of.")
  private String origin;

  @Parameters(index = "2", paramLabel = "NAME", description = "The new device's name.")
  private String name;

  DeviceSnapshot(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    NewName.check(name);
  }

  @Override
  void run(PoolAccess pool) {
    Map<String, String> imageLength = ImageLength.of(pool.device(origin));
    pool.apply(
        operations -> {
          operations.createSnapshot(name, origin);
          if (!imageLength.isEmpty()) {
            operations.setAttributes(name, imageLength);
          }
        });
    console().confirm("created " + name + ", a snapshot of " + origin);
  }
}
