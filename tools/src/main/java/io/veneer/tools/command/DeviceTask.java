// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Parameters;

/** A command on one device of a pool. */
abstract class DeviceTask extends PoolTask {
  @Parameters(index = "1", paramLabel = "NAME", description = "The device's name.")
  private String name;

  DeviceTask(Console console, PoolAccess.Purpose purpose) {
    super(console, purpose);
  }

  final String name() {
    return name;
  }
}
