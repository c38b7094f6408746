// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes an empty device. */
@Command(
    header = "Make an empty device.",
    description = "It reads as zeroes and takes space as it is written.",
    footer = {
      "",
      "Example:",
      "  veneer device create /srv/pool scratch --size 10G",
      "Example: a device that reads as an image file until it is written",
      "  veneer device create /srv/pool web --size 10G --external-origin /images/base.raw"
    })
final class DeviceCreate extends DeviceTask {
  @Option(
      names = "--size",
      paramLabel = "SIZE",
      required = true,
      converter = ByteSize.Converter.class,
      description = "Virtual size, from 1M to 16T.")
  private long sizeBytes;

  @Option(
      names = "--external-origin",
      paramLabel = "FILE",
      description = {
        "A raw image that is read where the device was never written.",
        "It must stay where it is and as it is while the device lives."
      })
  private Path externalOrigin;

  DeviceCreate(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void check() {
    NewName.check(name());
  }

  @Override
  void run(PoolAccess pool) throws Exception {
    if (externalOrigin == null) {
      pool.apply(operations -> operations.createDevice(name(), sizeBytes));
    } else {
      String origin = requireFile(externalOrigin);
      pool.apply(operations -> operations.createDevice(name(), sizeBytes, origin));
    }
    console()
        .confirm("created " + name() + ": " + ByteSize.format(pool.device(name()).sizeBytes()));
  }

  private static String requireFile(Path file) throws Exception {
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure("there is no file " + file + " to be the external origin");
    }
    return file.toRealPath().toString();
  }
}
