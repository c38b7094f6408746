// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes standard input to a device. */
@Command(
    header = "Write raw bytes to a device.",
    description =
        "They come from standard input, and are durable when the command ends with exit code 0.",
    footer = {"", "Example:", "  printf 'hello' | veneer device write /srv/pool web --offset 1M"})
final class DeviceWrite extends DeviceTask {
  @Option(
      names = "--offset",
      paramLabel = "SIZE",
      defaultValue = "0",
      converter = ByteSize.Converter.class,
      description = "Where the first byte goes. Default: ${DEFAULT-VALUE}.")
  private long offset;

  DeviceWrite(Console console) {
    super(console, PoolAccess.Purpose.CHANGE);
  }

  @Override
  void run(PoolAccess pool) throws IOException {
    try (BlockDevice device = pool.openDevice(name())) {
      DeviceRange.require(device, offset, 0);
      copy(device, ByteBuffer.allocateDirect(2 * Chunks.CHUNK_BYTES));
      device.flush();
    }
  }

  /**
   * The first piece ends at a chunk's end, so that all others are whole blocks. It is never shorter
   * than a chunk, so that an input of up to that length is written only if all of it fits.
   */
  private void copy(BlockDevice device, ByteBuffer buffer) throws IOException {
    long position = offset;
    buffer.limit(buffer.capacity() - (int) (offset & (Chunks.CHUNK_BYTES - 1)));
    while (Chunks.fill(console().in(), buffer) > 0) {
      int length = buffer.remaining();
      requireRoom(device, position, length);
      device.write(position, buffer, false);
      position += length;
      buffer.clear();
    }
  }

  private void requireRoom(BlockDevice device, long position, int length) {
    if (length > device.sizeBytes() - position) {
      throw new CommandFailure(
          "the input does not fit on the device "
              + name()
              + ": size="
              + device.sizeBytes()
              + " written="
              + (position - offset)
              + "; make the device larger with 'veneer device resize', or write less");
    }
  }
}
