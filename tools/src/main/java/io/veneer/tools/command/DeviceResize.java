// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes a device's size. */
@Command(
    header = "Change a device's size.",
    description = {
      "What lies beyond a smaller size is given up, so shrink the file system on it first. A device",
      "that is attached only gets larger: detach it before."
    },
    footer = {"", "Example:", "  veneer device resize /srv/pool web --size 20G"})
final class DeviceResize extends DeviceTask {
  @Option(
      names = "--size",
      paramLabel = "SIZE",
      required = true,
      converter = ByteSize.Converter.class,
      description = "New virtual size, from 1M to 16T.")
  private long sizeBytes;

  DeviceResize(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void run(PoolAccess pool) {
    pool.apply(operations -> operations.resizeDevice(name(), sizeBytes));
    console()
        .confirm("resized " + name() + ": " + ByteSize.format(pool.device(name()).sizeBytes()));
  }
}
