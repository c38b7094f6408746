// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a range of a device to standard output. */
@Command(
    header = "Print a range of a device as raw bytes.",
    description = "They go to standard output.",
    footer = {
      "",
      "Example: the first 4 KiB",
      "  veneer device read /srv/pool web --offset 0 --length 4K | xxd"
    })
final class DeviceRead extends DeviceTask {
  @Option(
      names = "--offset",
      paramLabel = "SIZE",
      defaultValue = "0",
      converter = ByteSize.Converter.class,
      description = "The first byte. Default: ${DEFAULT-VALUE}.")
  private long offset;

  @Option(
      names = "--length",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description = "How many bytes. Default: up to the device's end.")
  private Long lengthBytes;

  DeviceRead(Console console) {
    super(console, PoolAccess.Purpose.READ);
  }

  @Override
  void run(PoolAccess pool) {
    try (BlockDevice device = pool.openDeviceReadOnly(name())) {
      long sizeBytes = device.sizeBytes();
      long length = lengthBytes == null ? Math.max(0, sizeBytes - offset) : lengthBytes;
      DeviceRange.require(device, offset, length);
      new ExportCopy(device, Progress.none()).toStream(offset, offset + length, console()::write);
    }
  }
}
